import { believed } from '../canonical/usage.ts'
import type { AnswerReading } from '../dialect.ts'
import { generatedText } from './generated-text.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { readAnswerUsage } from './usage.ts'

/** A whole answer, as far as it is one. */
export interface ChatAnswer {
  answer: JsonObject
  choices: JsonObject[]
  /** An error that came with the answer, or with one of its choices. */
  error: unknown
}

/** The answer that a body holds; undefined if it is none: not JSON, cut off, without choices (an error under status 200). */
export function parseAnswer(body: Buffer): ChatAnswer | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined || !Array.isArray(answer['choices'])) return undefined
  const choices = answer['choices'].filter(isObject)
  const error = answer['error'] ?? choices.find((choice) => choice['error'] != null)?.['error']
  return error != null && choices.length === 0 ? undefined : { answer, choices, error }
}

/** Reads a collected JSON answer, as far as money needs it. */
export function readAnswer(body: Buffer): AnswerReading | undefined {
  const parsed = parseAnswer(body)
  if (parsed === undefined) return undefined
  const { answer, choices, error } = parsed
  const hasOutput = choices.some((choice) => choiceText(choice) !== '' || hasMedia(choice['message']))
  return {
    usage: believed(readAnswerUsage(answer), hasOutput),
    text: () => choices.map(choiceText).join(''),
    hasOutput,
    ...(error == null ? {} : { error }),
  }
}

function choiceText(choice: JsonObject): string {
  return typeof choice['text'] === 'string' ? choice['text'] : generatedText(choice['message'])
}

function hasMedia(message: unknown): boolean {
  return isObject(message) && (isObject(message['audio']) || (Array.isArray(message['images']) && message['images'].length > 0))
}
