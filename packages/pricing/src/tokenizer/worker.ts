import { parentPort } from 'node:worker_threads'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { CountReply, CountRequest } from './messages.ts'
import { splitLongRuns } from './split.ts'

/** Entry of the worker thread: counts texts with o200k_base, one message at a time. */
const PLAIN = { disallowedSpecial: new Set<string>() }

function count(text: string): number {
  let tokens = 0
  // Names of special tokens in a caller's text are text.
  for (const piece of splitLongRuns(text)) tokens += countTokens(piece, PLAIN)
  return tokens
}

parentPort?.on('message', ({ id, texts }: CountRequest) => {
  parentPort?.postMessage({ id, counts: texts.map(count) } satisfies CountReply)
})
