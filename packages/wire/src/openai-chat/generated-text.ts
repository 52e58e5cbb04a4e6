import { isObject } from '../json/object.ts'
import type { JsonObject } from '../json/object.ts'

/**
 * The text that a model made, in a `delta` of a stream or a `message` of an answer: content, refusal, reasoning,
 * names and arguments of tool calls, the transcript of audio. What counts when usage is not told.
 */
export function generatedText(message: unknown): string {
  if (!isObject(message)) return ''
  const { content } = message
  let text = typeof content === 'string' ? content : contentParts(content)
  if (typeof message['refusal'] === 'string') text += message['refusal']
  text += reasoningText(message)
  if (message['tool_calls'] != null) text += toolCallsText(message['tool_calls'])
  if (message['function_call'] != null) text += callText(message['function_call'])
  const audio = message['audio']
  if (isObject(audio) && typeof audio['transcript'] === 'string') text += audio['transcript']
  return text
}

/** Content in parts, as some vendors answer: `text`, or nested parts under `thinking`. */
function contentParts(content: unknown): string {
  if (!Array.isArray(content)) return ''
  let text = ''
  for (const part of content) {
    if (typeof part === 'string') text += part
    if (!isObject(part)) continue
    if (typeof part['text'] === 'string') text += part['text']
    text += typeof part['thinking'] === 'string' ? part['thinking'] : contentParts(part['thinking'])
  }
  return text
}

/** Vendors name it differently, and some send the same text under several names: then it counts once. */
function reasoningText(message: JsonObject): string {
  const { reasoning_content: first, reasoning: second } = message
  if (typeof first === 'string' && first !== '') return first
  if (typeof second === 'string' && second !== '') return second
  return message['reasoning_details'] == null ? '' : contentParts(message['reasoning_details'])
}

function toolCallsText(calls: unknown): string {
  if (!Array.isArray(calls)) return ''
  let text = ''
  for (const call of calls) {
    if (isObject(call)) text += callText(call['function']) + callText(call['custom'])
  }
  return text
}

function callText(call: unknown): string {
  if (!isObject(call)) return ''
  return argumentText(call['name']) + argumentText(call['arguments']) + argumentText(call['input'])
}

/** Arguments are a string; some vendors send the object itself. */
function argumentText(value: unknown): string {
  if (typeof value === 'string') return value
  return value == null ? '' : JSON.stringify(value)
}
