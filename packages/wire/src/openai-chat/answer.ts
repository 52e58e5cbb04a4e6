import { generatedText } from './generated-text.ts'
import { isObject } from './input.ts'
import type { JsonObject } from './input.ts'
import { believed, readUsage } from './usage.ts'
import type { UsageReading } from './usage.ts'

/** A whole chat completion, as far as money needs it. */
export interface AnswerReading {
  usage: UsageReading
  /** The text of every choice, for an estimate. */
  text(): string
  /** An error that came with the answer. */
  error?: unknown
  /** Something was generated: text, a tool call, audio or an image. */
  hasOutput: boolean
}

/**
 * Reads a collected JSON answer; undefined if it is not a chat completion: not JSON, cut off, or an object without
 * choices (such as an error under status 200).
 */
export function readAnswer(body: Buffer): AnswerReading | undefined {
  const answer = parseObject(body)
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

function parseObject(body: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function choiceText(choice: JsonObject): string {
  return typeof choice['text'] === 'string' ? choice['text'] : generatedText(choice['message'])
}

function hasMedia(message: unknown): boolean {
  return isObject(message) && (isObject(message['audio']) || (Array.isArray(message['images']) && message['images'].length > 0))
}
