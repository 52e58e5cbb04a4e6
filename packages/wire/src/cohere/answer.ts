import type { Answer } from '../canonical/answer.ts'
import { readingOf } from '../canonical/reading.ts'
import type { AnswerReading } from '../dialect.ts'
import { Fields } from '../input/fields.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { decodeAssistant } from './decode-messages.ts'
import { readLogprobs } from './logprobs.ts'
import { stopOf } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/** Reads a collected answer of `POST /v2/chat`; undefined if it is none: not JSON, cut off, or an object without message. */
export function decodeCohereAnswer(body: Buffer): Answer | undefined {
  const answer = parseObject(body.toString('utf8'))
  return answer !== undefined && isObject(answer['message']) ? decodeMessage(answer, answer['message']) : undefined
}

function decodeMessage(answer: JsonObject, message: JsonObject): Answer {
  const { id, finish_reason: word } = answer
  // What a vendor answers is not refused: a member of another type than expected says nothing.
  const parts = decodeAssistant(new Fields(), message, '', asGiven)
    .filter((part) => part.type !== 'text' || part.text !== '')
    .map((part) => ({ ...part, at: '' }))
  const hasCalls = parts.some(({ type }) => type === 'tool_call')
  const logprobs = readLogprobs(answer['logprobs'])
  return {
    ...(typeof id === 'string' ? { id } : {}),
    choices: [{ parts, stop: stopOf(word, hasCalls), ...(logprobs === undefined ? {} : { logprobs }) }],
    usage: readUsage(answer['usage']),
  }
}

function asGiven(id: string): { id: string } {
  return { id }
}

/** What money needs of it; an answer whose finish reason is an error came with one. */
export function readCohereAnswer(body: Buffer): AnswerReading | undefined {
  const answer = decodeCohereAnswer(body)
  if (answer === undefined) return undefined
  const stop = answer.choices[0]?.stop
  return { ...readingOf(answer), ...(stop?.reason === 'error' ? { error: stop.raw ?? 'ERROR' } : {}) }
}
