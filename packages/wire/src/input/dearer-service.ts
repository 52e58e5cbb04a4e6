import type { Invalid } from '../dialect.ts'
import { invalid } from './body.ts'

/** Services that vendors bill above their usual prices (OpenAI "Priority processing", Anthropic "Fast mode", Gemini "Priority inference"). */
const DEARER_TIERS: ReadonlySet<unknown> = new Set(['priority', 'fast', 'ultrafast'])

/** Whether a service tier, or a speed, costs more than the prices of its model say. */
export function isDearer(word: unknown): boolean {
  return typeof word === 'string' && DEARER_TIERS.has(word.toLowerCase())
}

/**
 * The refusal of a service that a caller asks for and nobody here has a price for (U7, U11): the first of these members that
 * does. Its operator sells it as a model of its own, whose deployment asks for it.
 */
export function dearerService(members: Readonly<Record<string, unknown>>): Invalid | undefined {
  const found = Object.entries(members).find(([, word]) => isDearer(word))
  if (found === undefined) return undefined
  const [member, word] = found
  return invalid(
    `/${member}`,
    `\`${member}\` is "${String(word)}", a service that costs more than the price of this model: leave it out, or name a model that is offered with it`,
  )
}
