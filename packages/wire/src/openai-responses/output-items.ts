import type { TokenLogprob } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import { isObject, type JsonObject, stringOf } from '../json/object.ts'
import { present } from '../json/present.ts'
import { citationOf } from './citations.ts'
import { argumentsText, reasoningPart } from './decode-items.ts'
import { logprobsOf } from './logprobs.ts'

const READERS: Record<string, (item: JsonObject) => Part[]> = {
  message: messageParts,
  reasoning: (item) => thought(item),
  function_call: (item) => [call(item, argumentsText(item['arguments']) ?? '{}')],
  custom_tool_call: (item) => [{ ...call(item, stringOf(item['input'])), custom: true }],
  image_generation_call: imageParts,
}

/** What an item of an answer holds. Items of tools that the vendor runs stay as they are. */
export function partsOf(item: JsonObject): Part[] {
  return READERS[stringOf(item['type'])]?.(item) ?? [vendorPart(item)]
}

/** The log probabilities of a message. */
export function itemLogprobs({ content }: JsonObject): TokenLogprob[] {
  return objects(content).flatMap((part) => logprobsOf(part['logprobs']) ?? [])
}

function messageParts({ content }: JsonObject): Part[] {
  return objects(content).flatMap(contentPart)
}

function contentPart(part: JsonObject): Part[] {
  if (part['type'] === 'refusal') return [{ type: 'refusal', text: stringOf(part['refusal']), at: '' }]
  if (part['type'] !== 'output_text') return [vendorPart(part)]
  const citations = objects(part['annotations']).map(citationOf)
  return [present({ type: 'text', text: stringOf(part['text']), citations: citations.length === 0 ? undefined : citations, at: '' })]
}

/** A thought of which nothing is told is none. */
function thought(item: JsonObject): Part[] {
  const part = reasoningPart(item, '')
  return part.text === '' && part.signature === undefined && part.redacted === undefined ? [] : [part]
}

function call({ call_id: id, id: itemId, name }: JsonObject, args: string): Extract<Part, { type: 'tool_call' }> {
  return { type: 'tool_call', id: stringOf(id) === '' ? stringOf(itemId) : stringOf(id), name: stringOf(name), arguments: args, at: '' }
}

/** An image that the model made; nothing to show before it is there. */
function imageParts(item: JsonObject): Part[] {
  const { result, output_format: format } = item
  if (typeof result !== 'string' || result === '') return [vendorPart(item)]
  const mediaType = `image/${typeof format === 'string' ? format : 'png'}`
  return [{ type: 'image', source: { kind: 'base64', mediaType, data: result }, at: '' }]
}

function vendorPart(value: JsonObject): Part {
  return { type: 'vendor', dialect: 'openai-responses', value, at: '' }
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
