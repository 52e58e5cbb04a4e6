import type { Effort, Reasoning } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { generationOf, isFlashLite, isPro, thinkingControl } from './models.ts'
import { member } from './spelling.ts'

/** Efforts that Gemini has levels for. */
const LEVELS: ReadonlySet<string> = new Set(['minimal', 'low', 'medium', 'high'])

/** Tokens of thought by effort, for models that take a budget: as Google's own OpenAI-compatible endpoint has it. */
const BUDGETS: Record<Exclude<Effort, 'none'>, number> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
}

/** `thinkingBudget: -1` leaves it to the model. */
const AUTOMATIC = -1

/** What a `thinkingConfig` says in neutral words; undefined where it says nothing. */
export function reasoningOf(config: JsonObject): Reasoning | undefined {
  const budget = member(config, 'thinkingBudget')
  const level = member(config, 'thinkingLevel')
  const show = member(config, 'includeThoughts')
  const effort = typeof level === 'string' ? level.toLowerCase() : ''
  const reasoning: Reasoning = {
    ...(LEVELS.has(effort) ? { effort: effort as Effort } : {}),
    ...(typeof budget === 'number' && budget >= 0 ? { budgetTokens: budget } : {}),
    ...(budget === AUTOMATIC ? { adaptive: true } : {}),
    ...(typeof show === 'boolean' ? { show } : {}),
  }
  return Object.keys(reasoning).length === 0 ? undefined : reasoning
}

/**
 * The `thinkingConfig` for a model: a level from generation 3 on, a budget before; never both, which the vendor refuses.
 * Undefined: nothing has to be said; null: the model cannot be made to think.
 */
export function thinkingConfigOf(reasoning: Reasoning, model: string, limit: number | undefined): JsonObject | undefined | null {
  const shown = reasoning.show ?? (reasoning.summary === undefined ? undefined : true)
  const control = thinkingControl(model)
  if (control === 'none') return wantsNone(reasoning) ? undefined : null
  const amount = control === 'level' ? levelOf(reasoning, model) : budgetOf(reasoning, model, limit)
  const config: JsonObject = { ...amount, ...(shown === undefined ? {} : { includeThoughts: shown }) }
  return Object.keys(config).length === 0 ? undefined : config
}

function wantsNone({ effort, budgetTokens, adaptive }: Reasoning): boolean {
  return adaptive !== true && (effort ?? 'none') === 'none' && (budgetTokens ?? 0) === 0
}

/** An exact budget is still understood by these models, but for none at all: the least that they do is the lowest level. */
function levelOf(reasoning: Reasoning, model: string): JsonObject {
  const { effort, budgetTokens, adaptive } = reasoning
  if (effort === undefined && adaptive === true) return { thinkingBudget: AUTOMATIC }
  if (effort === undefined && budgetTokens !== undefined && budgetTokens > 0) return { thinkingBudget: budgetTokens }
  if (effort === undefined && budgetTokens === undefined) return {}
  return { thinkingLevel: levelFor(effort ?? 'none', model).toUpperCase() }
}

/** Models of the variety `pro` have no minimal level, and the first of them no medium one. */
function levelFor(effort: Effort, model: string): string {
  if (effort === 'none' || effort === 'minimal') return isPro(model) ? 'low' : 'minimal'
  if (effort === 'medium') return isPro(model) && generationOf(model) === 3 ? 'high' : 'medium'
  return effort === 'low' ? 'low' : 'high'
}

function budgetOf({ effort, budgetTokens, adaptive }: Reasoning, model: string, limit: number | undefined): JsonObject {
  if (budgetTokens !== undefined) return { thinkingBudget: inRange(budgetTokens, model, limit) }
  if (effort !== undefined) return { thinkingBudget: inRange(effort === 'none' ? 0 : BUDGETS[effort], model, limit) }
  return adaptive === true ? { thinkingBudget: AUTOMATIC } : {}
}

/** What a model takes, and less than the limit of output, in which thoughts count. */
function inRange(budget: number, model: string, limit: number | undefined): number {
  const [least, most] = isPro(model) ? [128, 32_768] : [isFlashLite(model) ? 512 : 1, 24_576]
  if (budget === 0 && !isPro(model)) return 0
  const below = limit === undefined ? most : Math.min(most, limit - 1)
  return Math.max(least, Math.min(budget, below))
}
