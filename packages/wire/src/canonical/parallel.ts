import type { Conversation } from './conversation.ts'

/**
 * Whether one tool call at a time is a wish that the vendor must be told of: where there is nothing to call, or nothing may be
 * called, it comes true by itself.
 */
export function wantsOneCall({ tools, toolChoice, parallelToolCalls }: Conversation): boolean {
  return parallelToolCalls === false && tools !== undefined && tools.length > 0 && toolChoice?.kind !== 'none'
}
