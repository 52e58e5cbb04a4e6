import type { Stop, StopReason } from '../canonical/answer.ts'

/** Gemini's `finishReason` (API reference, `Candidate.FinishReason`) in neutral words. */
const NEUTRAL: Record<string, StopReason> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  MALFORMED_FUNCTION_CALL: 'error',
  MALFORMED_RESPONSE: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  CONTINUATION: 'pause',
  OTHER: 'stop',
  NO_IMAGE: 'stop',
  IMAGE_OTHER: 'stop',
}

/** The other way round; Gemini has no word of its own for tool calls. */
const GEMINIS: Record<StopReason, string> = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  error: 'OTHER',
}

/** Why a candidate ended. Gemini says STOP after function calls as well; what it says of anything else is kept as it is. */
export function stopOf(finishReason: string, hasCalls: boolean): Stop {
  const reason = (Object.hasOwn(NEUTRAL, finishReason) ? NEUTRAL[finishReason] : undefined) ?? 'stop'
  if (reason === 'stop' && hasCalls) return { reason: 'tool_calls' }
  return finishReason === 'STOP' || finishReason === 'MAX_TOKENS' ? { reason } : { reason, raw: finishReason }
}

/** A prompt that was not let through has no candidates, only the reason (`promptFeedback.blockReason`). */
export function blockedStop(blockReason: unknown): Stop {
  return { reason: 'content_filter', ...(typeof blockReason === 'string' ? { raw: blockReason } : {}) }
}

/** The word for Gemini's clients; its own word where the answer came from it. */
export function finishReasonOf({ reason, raw }: Stop): string {
  return raw !== undefined && Object.hasOwn(NEUTRAL, raw) ? raw : GEMINIS[reason]
}
