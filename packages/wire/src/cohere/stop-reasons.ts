import type { Stop, StopReason } from '../canonical/answer.ts'

/** Cohere's finish reasons (API reference: Chat, `ChatFinishReason`; the older ones are of API v1 and still seen). */
const FROM_COHERE: Partial<Record<string, StopReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop_sequence',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
  ERROR: 'error',
  ERROR_LIMIT: 'context',
  ERROR_TOXIC: 'content_filter',
  TIMEOUT: 'error',
  USER_CANCEL: 'error',
}

const TO_COHERE: Record<StopReason, string> = {
  stop: 'COMPLETE',
  stop_sequence: 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  content_filter: 'ERROR_TOXIC',
  refusal: 'COMPLETE',
  pause: 'COMPLETE',
  error: 'ERROR',
}

/** Words that say no more than the neutral ones. */
const PLAIN = new Set(['COMPLETE', 'STOP_SEQUENCE', 'MAX_TOKENS', 'TOOL_CALL', 'ERROR'])

/** Why the answer ended; a word that is not known counts as `stop` and is kept (R1). `hasCalls`: there are tool calls (R2). */
export function stopOf(word: unknown, hasCalls: boolean): Stop {
  const known = typeof word === 'string' ? FROM_COHERE[word] : 'stop'
  const reason = hasCalls && (known ?? 'stop') === 'stop' ? 'tool_calls' : (known ?? 'stop')
  return typeof word === 'string' && !PLAIN.has(word) ? { reason, raw: word } : { reason }
}

export function finishReasonOf(stop: Stop): string {
  return TO_COHERE[stop.reason]
}
