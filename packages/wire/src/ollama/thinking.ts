import type { Reasoning } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import type { JsonObject } from '../json/object.ts'

const LEVELS = ['low', 'medium', 'high', 'max'] as const

type Level = (typeof LEVELS)[number]

/** Models that take levels up to `high`, and whose thought cannot be switched off; others take only true or false. */
const LEVELLED = /gpt-?oss/i

/** Budgets up to so many tokens are of the level. */
const MOST_TOKENS: [level: Level, tokens: number][] = [
  ['low', 2048],
  ['medium', 8192],
]

/** `think` (documentation: Capabilities, Thinking): what is thought is shown in a member of its own. */
export function decodeThink(fields: Fields, value: JsonObject): Reasoning | undefined {
  const { think } = value
  if (think == null) return undefined
  if (think === false) return { effort: 'none', budgetTokens: 0 }
  if (think === true) return { adaptive: true, show: true }
  const level = LEVELS.find((word) => word === think)
  if (level === undefined) return fields.fail('/think', '`think` must be true, false, "low", "medium", "high" or "max"')
  return { effort: level, show: true }
}

/** What was asked of reasoning, as this model takes it; undefined: nothing was (M6). */
export function encodeThink(reasoning: Reasoning | undefined, model: string): boolean | Level | undefined {
  if (reasoning === undefined) return undefined
  const { effort, budgetTokens, adaptive, show } = reasoning
  const off = budgetTokens === 0 || (budgetTokens === undefined && effort === 'none')
  if (LEVELLED.test(model)) return off ? 'low' : levelOf(reasoning)
  if (off) return false
  return effort !== undefined || budgetTokens !== undefined || adaptive === true || show === true ? true : undefined
}

function levelOf({ effort, budgetTokens }: Reasoning): Level | undefined {
  if (budgetTokens !== undefined && effort === undefined) return MOST_TOKENS.find(([, most]) => budgetTokens <= most)?.[0] ?? 'high'
  if (effort === undefined) return undefined
  if (effort === 'minimal' || effort === 'low' || effort === 'none') return 'low'
  return effort === 'medium' ? 'medium' : 'high'
}
