import { believed } from '../canonical/usage.ts'
import type { AnswerReading } from '../dialect.ts'
import { generatedText } from './generated-text.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { readUsage } from './usage.ts'

/**
 * Reads a collected JSON answer; undefined if it is not a chat completion: not JSON, cut off, or an object without
 * choices (such as an error under status 200).
 */
export function readAnswer(body: Buffer): AnswerReading | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (answer === undefined || !Array.isArray(answer['choices'])) return undefined
  const choices = answer['choices'].filter(isObject)
  const error = answer['error'] ?? choices.find((choice) => choice['error'] != null)?.['error']
  if (error != null && choices.length === 0) return undefined
  const hasOutput = choices.some((choice) => choiceText(choice) !== '' || hasMedia(choice['message']))
  return {
    usage: believed(readUsage(answer['usage']), hasOutput),
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
