import type { Answer } from '../canonical/answer.ts'
import type { ImagePart, Part } from '../canonical/conversation.ts'
import { sniffed } from '../canonical/media.ts'
import { readingOf } from '../canonical/reading.ts'
import type { AnswerReading } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { readLogprobs } from './logprobs.ts'
import { readCalls } from './read-calls.ts'
import { stopOf } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/** Reads a collected answer of `/api/chat` or `/api/generate`; undefined if it is none: not JSON, cut off, an error. */
export function decodeOllamaAnswer(body: Buffer): Answer | undefined {
  const text = body.toString('utf8')
  const answer = parseObject(text)
  if (answer?.['done'] !== true || !(isObject(answer['message']) || typeof answer['response'] === 'string')) return undefined
  const calls = readCalls(text, answer, 0)
  const parts = [...saidIn(answer), ...calls]
  const logprobs = readLogprobs(answer['logprobs'])
  return {
    ...headIn(answer),
    choices: [{ parts, stop: stopOf(answer['done_reason'], calls.length > 0), ...(logprobs === undefined ? {} : { logprobs }) }],
    usage: readUsage(answer),
  }
}

export function readOllamaAnswer(body: Buffer): AnswerReading | undefined {
  const answer = decodeOllamaAnswer(body)
  return answer && readingOf(answer)
}

/** The model and the time of an answer or a line, as far as they are told. */
export function headIn({ model, created_at: created }: JsonObject): { model?: string; created?: number } {
  const time = typeof created === 'string' ? Date.parse(created) : Number.NaN
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(Number.isNaN(time) ? {} : { created: Math.floor(time / 1000) }),
  }
}

/** Thought, text and images of an answer or a line. */
export function saidIn(line: JsonObject): Part[] {
  const holder = isObject(line['message']) ? line['message'] : line
  const text = holder === line ? line['response'] : holder['content']
  const { thinking, images } = holder
  return [
    ...(typeof thinking === 'string' && thinking !== '' ? [{ type: 'reasoning' as const, text: thinking, at: '' }] : []),
    ...(typeof text === 'string' && text !== '' ? [{ type: 'text' as const, text, at: '' }] : []),
    ...imagesOf(images),
  ]
}

function imagesOf(images: unknown): ImagePart[] {
  const list: unknown[] = Array.isArray(images) ? images : []
  return list
    .filter((image) => typeof image === 'string')
    .map((data) => ({ type: 'image', source: { kind: 'base64', mediaType: sniffed(data) ?? 'image/png', data }, at: '' }))
}
