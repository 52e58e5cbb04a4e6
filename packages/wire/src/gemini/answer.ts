import { createHash } from 'node:crypto'
import type { Answer, Choice } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import { readingOf } from '../canonical/reading.ts'
import type { AnswerReading } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { answerParts } from './answer-parts.ts'
import { AnswerCallIds } from './call-ids.ts'
import { citationsOf } from './citations.ts'
import { logprobsOf } from './logprobs.ts'
import { Searches } from './searches.ts'
import { blockedStop, stopOf } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/** What money needs of an answer of `generateContent`; undefined if it is none. */
export function readAnswer(body: Buffer): AnswerReading | undefined {
  const answer = decodeAnswer(body)
  return answer && readingOf(answer)
}

/** An answer of `generateContent` (API reference, `GenerateContentResponse`) in neutral form; undefined if it is none. */
export function decodeAnswer(body: Buffer): Answer | undefined {
  const value = parseObject(body.toString('utf8'))
  if (value === undefined || value['error'] != null || !isAnswer(value)) return undefined
  const { candidates, promptFeedback, usageMetadata, modelVersion } = value
  const ids = new AnswerCallIds(seedOf(value, body.toString('utf8')))
  const searches = new Searches()
  for (const candidate of objectsOf(candidates)) searches.note(candidate)
  const decoded = objectsOf(candidates).map((candidate, index) => decodeCandidate(candidate, index, ids))
  const blocked: Choice = { parts: [], stop: isObject(promptFeedback) ? blockedStop(promptFeedback['blockReason']) : { reason: 'stop' } }
  return {
    ...idsOf(value),
    choices: decoded.length === 0 ? [blocked] : decoded,
    usage: searches.in(readUsage(usageMetadata), modelVersion),
  }
}

/** Whether a JSON object is an answer, or a part of one in a stream. */
export function isAnswer(value: JsonObject): boolean {
  return Array.isArray(value['candidates']) || isObject(value['promptFeedback']) || isObject(value['usageMetadata'])
}

/** What identifies an answer. */
export function idsOf({ responseId, modelVersion, createTime }: JsonObject): Pick<Answer, 'id' | 'model' | 'created'> {
  const created = typeof createTime === 'string' ? Math.floor(Date.parse(createTime) / 1000) : Number.NaN
  return {
    ...(typeof responseId === 'string' ? { id: responseId } : {}),
    ...(typeof modelVersion === 'string' ? { model: modelVersion } : {}),
    ...(Number.isNaN(created) ? {} : { created }),
  }
}

/** What ids of calls are made of: the answer's own id, else all that it says. */
export function seedOf({ responseId }: JsonObject, text: string): string {
  return typeof responseId === 'string' ? responseId : createHash('sha256').update(text).digest('hex')
}

function decodeCandidate(candidate: JsonObject, index: number, ids: AnswerCallIds): Choice {
  const { content, finishReason, logprobsResult } = candidate
  const raw = isObject(content) ? objectsOf(content['parts']) : []
  let calls = 0
  const decoded = raw.map((part) => answerParts(part, (own, name) => ids.idOf(own, index, calls++, name)))
  cite(candidate, decoded)
  const logprobs = logprobsOf(logprobsResult)
  return {
    parts: decoded.flat(),
    stop: stopOf(typeof finishReason === 'string' ? finishReason : 'STOP', calls > 0),
    ...(logprobs === undefined ? {} : { logprobs }),
  }
}

/** Citations go to the text that they are about. */
function cite(candidate: JsonObject, decoded: Part[][]): void {
  const textAt = (part: number): Extract<Part, { type: 'text' }> | undefined =>
    decoded[part]?.find((decodedPart) => decodedPart.type === 'text')
  for (const { citation, part } of citationsOf(candidate, (index) => textAt(index)?.text)) {
    const text = textAt(part)
    if (text !== undefined) text.citations = [...(text.citations ?? []), citation]
  }
}

function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
