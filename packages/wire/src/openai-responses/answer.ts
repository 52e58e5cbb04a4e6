import type { Answer, Choice } from '../canonical/answer.ts'
import { readingOf } from '../canonical/reading.ts'
import type { AnswerReading } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { itemLogprobs, partsOf } from './output-items.ts'
import { stopOf } from './stop-reasons.ts'
import { readResponseUsage } from './usage.ts'

/** A whole response in neutral form; undefined where it is none: not JSON, cut off, an error, or one that failed with nothing made. */
export function decodeAnswer(body: Buffer): Answer | undefined {
  const response = responseOf(body)
  return response && answerOf(response)
}

/** Reads a collected JSON answer, as far as money needs it. */
export function readAnswer(body: Buffer): AnswerReading | undefined {
  const response = responseOf(body)
  if (response === undefined) return undefined
  const { error } = response
  return { ...readingOf(answerOf(response)), ...(error == null ? {} : { error }) }
}

function responseOf(body: Buffer): JsonObject | undefined {
  const response = parseObject(body.toString('utf8'))
  const output: unknown = response?.['output']
  if (response === undefined || !Array.isArray(output)) return undefined
  return output.length === 0 && (response['error'] != null || response['status'] === 'failed') ? undefined : response
}

function answerOf(response: JsonObject): Answer {
  const { id, model, created_at: created } = response
  const choices = [choiceOf(response)]
  return present({
    id: typeof id === 'string' ? id : undefined,
    model: typeof model === 'string' ? model : undefined,
    created: typeof created === 'number' ? Math.floor(created) : undefined,
    choices,
    usage: readResponseUsage(response),
  })
}

function choiceOf(response: JsonObject): Choice {
  const items = (response['output'] as unknown[]).filter(isObject)
  const parts = items.flatMap(partsOf)
  const logprobs = items.flatMap(itemLogprobs)
  const stop = stopOf(
    response,
    parts.some(({ type }) => type === 'tool_call'),
  )
  return present({ parts, stop, logprobs: logprobs.length === 0 ? undefined : logprobs })
}
