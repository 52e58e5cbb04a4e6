import type { Stop, StopReason } from '../canonical/answer.ts'

/** Ollama's `done_reason`; the last two are of answers that only load a model or put it away. */
const FROM_OLLAMA: Partial<Record<string, StopReason>> = { stop: 'stop', length: 'length', load: 'stop', unload: 'stop' }

/** Ollama stops for no other reasons; words for what it does not know say at least that the answer is not plainly whole. */
const TO_OLLAMA: Record<StopReason, string> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  context: 'length',
  tool_calls: 'stop',
  content_filter: 'content_filter',
  refusal: 'stop',
  pause: 'stop',
  error: 'error',
}

/** Why the answer ended; a word that is not known counts as `stop` and is kept (R1). `hasCalls`: there are tool calls (R2). */
export function stopOf(word: unknown, hasCalls: boolean): Stop {
  const known = typeof word === 'string' ? FROM_OLLAMA[word] : 'stop'
  const reason = hasCalls && (known ?? 'stop') === 'stop' ? 'tool_calls' : (known ?? 'stop')
  return typeof word === 'string' && word !== reason && word !== 'stop' ? { reason, raw: word } : { reason }
}

export function doneReasonOf(stop: Stop): string {
  return TO_OLLAMA[stop.reason]
}
