import type { Conversation } from '../canonical/conversation.ts'
import { speaksOfFunctions } from './decode-tools.ts'

/** How an answer is told, by what the caller asked. */
export interface CallerStyle {
  /** The caller speaks of functions instead of tools: an answer makes one call. */
  legacy: boolean
  /** The caller does not want to see what the model thought. */
  hidesReasoning: boolean
}

export function styleOf({ tools, reasoning }: Conversation): CallerStyle {
  return { legacy: speaksOfFunctions(tools), hidesReasoning: reasoning?.show === false }
}
