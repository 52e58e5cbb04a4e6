import type { Buckets } from '@faregate/core'
import type { Answer, Choice } from '../canonical/answer.ts'
import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { responseId } from './errors.ts'
import { writeLogprobs } from './logprobs.ts'
import { Output } from './output.ts'
import { putPart } from './parts-out.ts'
import { responseObject, type ResponseState } from './response-object.ts'
import { endingOf, type Ending } from './stop-reasons.ts'
import { writeUsage } from './usage.ts'

/** A whole answer as a `response` object. A response has one answer: the first choice. */
export function encodeAnswer(answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer {
  const choice: Choice = answer.choices[0] ?? { parts: [], stop: { reason: 'stop' } }
  const output = new Output(itemSuffix(frame), () => undefined)
  for (const [index, part] of choice.parts.entries()) putPart(part, output, index)
  const ending = endingOf(choice.stop.reason, output.refused)
  const items = output.end(ending.status === 'completed' ? 'completed' : 'incomplete') ?? []
  if (choice.logprobs !== undefined) addLogprobs(items, choice)
  const state = endState(ending, items, buckets)
  return Buffer.from(JSON.stringify(responseObject(answerId(answer.id, frame), frame, state)))
}

/** The vendor's own id where it has the prefix of this dialect, else one from the request's. */
export function answerId(id: string | undefined, { requestId }: AnswerFrame): string {
  return id?.startsWith('resp_') === true ? id : responseId(requestId)
}

/** What makes the ids of an answer's items its own. */
export function itemSuffix({ requestId }: AnswerFrame): string {
  return requestId.replace(/^req_/, '')
}

/** A response at its end. */
export function endState({ status, reason }: Ending, output: JsonObject[] | null, buckets: Buckets): ResponseState {
  return {
    status,
    output,
    usage: writeUsage(buckets),
    ...(reason === undefined ? {} : { incomplete: { reason } }),
    ...(status === 'failed' ? { error: { code: 'server_error', message: 'the upstream ended the answer with an error' } } : {}),
  }
}

/** They are told for the answer as a whole: they stand with its first text. */
function addLogprobs(items: readonly JsonObject[], { logprobs = [] }: Choice): void {
  const texts = items.flatMap(({ content }) => (Array.isArray(content) ? (content as JsonObject[]) : []))
  const first = texts.find(({ type }) => type === 'output_text')
  if (first !== undefined) first['logprobs'] = writeLogprobs(logprobs)
}
