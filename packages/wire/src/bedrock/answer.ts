import type { Answer } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import { readingOf } from '../canonical/reading.ts'
import type { AnswerReading } from '../dialect.ts'
import { isObject, stringOf, type JsonObject } from '../json/object.ts'
import { citationOf, textOf } from './citations.ts'
import { parseExact } from '../json/exact.ts'
import { stopOf } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/**
 * A whole answer of Converse. One without `output` is an answer without content (R3), as long as it says why it ended;
 * anything else (an error under status 200, HTML, cut JSON) is none. There is no id: it stands in a header.
 */
export function decodeAnswer(body: Buffer): Answer | undefined {
  const answer = parsed(body.toString('utf8'))
  if (answer === undefined) return undefined
  const message = isObject(answer['output']) ? answer['output']['message'] : undefined
  const content = isObject(message) ? message['content'] : undefined
  if (!Array.isArray(content) && typeof answer['stopReason'] !== 'string') return undefined
  const parts = (Array.isArray(content) ? content.filter(isObject) : []).flatMap((block) => partOf(block) ?? [])
  const stop = stopOf(
    answer,
    parts.some(({ type }) => type === 'tool_call'),
  )
  return { choices: [{ parts, stop }], usage: readUsage(answer['usage']) }
}

export function readAnswer(body: Buffer): AnswerReading | undefined {
  const answer = decodeAnswer(body)
  return answer && readingOf(answer)
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = parseExact(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The part that a content block is; undefined for empty ones. */
function partOf(block: JsonObject): Part | undefined {
  const { text, toolUse, reasoningContent, citationsContent, image } = block
  if (typeof text === 'string') return text === '' ? undefined : { type: 'text', text, at: '' }
  if (isObject(toolUse) && !isServerTool(toolUse)) return toolCall(toolUse)
  if (isObject(reasoningContent)) return reasoning(reasoningContent)
  if (isObject(citationsContent)) return cited(citationsContent)
  if (isObject(image)) return imagePart(image)
  return { type: 'vendor', dialect: 'bedrock', value: block, at: '' }
}

/** A call that the vendor itself answers is not for the caller's tools. */
export function isServerTool({ type }: JsonObject): boolean {
  return type === 'server_tool_use'
}

function toolCall({ toolUseId, name, input }: JsonObject): Part {
  const text = typeof input === 'string' ? input : input === undefined || input === null ? '{}' : JSON.stringify(input)
  return {
    type: 'tool_call',
    id: stringOf(toolUseId),
    name: stringOf(name),
    arguments: text.trim() === '' ? '{}' : text,
    at: '',
  }
}

function reasoning({ reasoningText, redactedContent }: JsonObject): Part | undefined {
  const shared = { type: 'reasoning', origin: 'bedrock', at: '' } as const
  if (typeof redactedContent === 'string') return { ...shared, text: '', redacted: redactedContent }
  if (!isObject(reasoningText)) return undefined
  const { text, signature } = reasoningText
  return {
    ...shared,
    text: stringOf(text),
    ...(typeof signature === 'string' ? { signature } : {}),
  }
}

function cited({ content, citations }: JsonObject): Part | undefined {
  const text = textOf(content)
  if (text === '') return undefined
  const sources = Array.isArray(citations) ? citations.filter(isObject).map(citationOf) : []
  return { type: 'text', text, ...(sources.length === 0 ? {} : { citations: sources }), at: '' }
}

function imagePart({ format, source }: JsonObject): Part | undefined {
  const data = isObject(source) ? source['bytes'] : undefined
  if (typeof data !== 'string') return undefined
  const mediaType = `image/${typeof format === 'string' ? format : 'png'}`
  return { type: 'image', source: { kind: 'base64', mediaType, data }, at: '' }
}
