import type { Effort, Reasoning } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import type { JsonObject } from '../json/object.ts'

/** How many tokens of thought an effort stands for; the highest are left to the model. Cohere knows no efforts. */
const BUDGETS: Partial<Record<Effort, number>> = { minimal: 512, low: 1024, medium: 4096, high: 16_384 }

/** The share of the output limit that a budget of ours takes at most, so that something is left for the answer. */
const MOST_OF_LIMIT = 0.8

/** `thinking {type, token_budget}` (guide: Reasoning); what is thought is always shown. */
export function decodeThinking(fields: Fields, value: JsonObject): Reasoning | undefined {
  const thinking = fields.object(value, 'thinking', '')
  if (thinking === undefined) return undefined
  const type = fields.word(thinking, 'type', '/thinking', ['enabled', 'disabled'])
  const budget = fields.number(thinking, 'token_budget', '/thinking')
  if (type === 'disabled') return { effort: 'none', budgetTokens: 0 }
  return budget === undefined ? { adaptive: true, show: true } : { budgetTokens: budget, show: true }
}

/** What was asked of reasoning, with a budget below the output limit (M6); undefined: nothing was. */
export function encodeThinking(reasoning: Reasoning | undefined, outputLimit: number | undefined): JsonObject | undefined {
  if (reasoning === undefined) return undefined
  const { effort, budgetTokens, adaptive, show } = reasoning
  if (budgetTokens === 0 || (budgetTokens === undefined && effort === 'none')) return { type: 'disabled' }
  if (budgetTokens !== undefined) return { type: 'enabled', token_budget: below(budgetTokens, outputLimit, 1) }
  if (effort === undefined) return adaptive === true || show === true ? { type: 'enabled' } : undefined
  const budget = BUDGETS[effort]
  return { type: 'enabled', ...(budget === undefined ? {} : { token_budget: below(budget, outputLimit, MOST_OF_LIMIT) }) }
}

function below(budget: number, limit: number | undefined, share: number): number {
  return limit === undefined ? budget : Math.max(1, Math.min(budget, Math.floor(limit * share), limit - 1))
}
