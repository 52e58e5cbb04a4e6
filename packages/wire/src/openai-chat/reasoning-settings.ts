import type { Effort, Reasoning } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { effortUntold, isOpenAis, leastEffort } from '../openai-responses/model-traits.ts'
import { BOOLEAN, INTEGER, OBJECT, oneOf, type Checks } from '../input/checks.ts'

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const EFFORT = oneOf(...EFFORTS)
const THINKING = oneOf('enabled', 'disabled', 'adaptive', 'auto')

/** Below so many tokens a budget is this effort; the steps are those at which agents set their budgets. */
const EFFORT_OF_BUDGET: readonly [below: number, effort: Effort][] = [
  [1, 'none'],
  [4_096, 'low'],
  [16_384, 'medium'],
]

/**
 * How much the model is to think (M6): OpenAI's `reasoning_effort`, OpenRouter's `reasoning` {effort, max_tokens,
 * enabled, exclude}, and `thinking` {type, budget_tokens} as DeepSeek, Moonshot and Anthropic's compatible endpoint
 * have it. The more specific member wins.
 */
export function decodeReasoning(value: JsonObject, checks: Checks): Reasoning | undefined {
  const effort = checks.optional(value['reasoning_effort'], '/reasoning_effort', EFFORT)
  const reasoning: Reasoning = {
    ...present({ effort }),
    ...thinkingOf(checks.optional(value['thinking'], '/thinking', OBJECT), checks),
    ...reasoningOf(checks.optional(value['reasoning'], '/reasoning', OBJECT), checks),
  }
  return Object.keys(reasoning).length === 0 ? undefined : reasoning
}

function thinkingOf(thinking: JsonObject | undefined, checks: Checks): Reasoning {
  if (thinking === undefined) return {}
  const type = checks.required(thinking['type'], '/thinking/type', THINKING)
  const budgetTokens = checks.optional(thinking['budget_tokens'], '/thinking/budget_tokens', INTEGER)
  if (type === 'disabled') return { budgetTokens: 0 }
  return budgetTokens === undefined ? { adaptive: true } : { budgetTokens }
}

function reasoningOf(reasoning: JsonObject | undefined, checks: Checks): Reasoning {
  if (reasoning === undefined) return {}
  const effort = checks.optional(reasoning['effort'], '/reasoning/effort', EFFORT)
  const budgetTokens = checks.optional(reasoning['max_tokens'], '/reasoning/max_tokens', INTEGER)
  const enabled = checks.optional(reasoning['enabled'], '/reasoning/enabled', BOOLEAN)
  const hidden = checks.optional(reasoning['exclude'], '/reasoning/exclude', BOOLEAN)
  const told = present({ effort, budgetTokens, show: hidden === undefined ? undefined : !hidden })
  if (enabled === false) return { ...told, effort: 'none' }
  // "Enables reasoning at the medium effort level", OpenRouter says.
  return enabled === true && effort === undefined && budgetTokens === undefined ? { ...told, effort: 'medium' } : told
}

/** OpenAI's word for it; undefined leaves it to the model. What OpenAI's own models cannot be asked for, they are not. */
export function effortOf(reasoning: Reasoning, model: string): Effort | undefined {
  const asked = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens)
  if (asked === 'none') return isOpenAis(model) ? leastEffort(model) : asked
  return asked ?? (reasoning.adaptive === true ? effortUntold(model) : undefined)
}

function effortOfBudget(budgetTokens: number | undefined): Effort | undefined {
  if (budgetTokens === undefined) return undefined
  return EFFORT_OF_BUDGET.find(([below]) => budgetTokens < below)?.[1] ?? 'high'
}
