import type { ImagePart, Part } from '../canonical/conversation.ts'
import { withSignature } from '../canonical/tool-ids.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { Output } from './output.ts'

/** Puts a part that is there whole into the output. What no item can hold is left out. */
export function putPart(part: Part, output: Output, call: number): void {
  switch (part.type) {
    case 'text':
      output.endPart()
      if (part.text !== '') output.text(part.text, [])
      for (const citation of part.text === '' ? [] : (part.citations ?? [])) output.cite(citation)
      break
    case 'refusal':
      if (part.text !== '') output.refusal(part.text)
      break
    case 'reasoning':
      if (part.text !== '') output.reasoning(part.text)
      output.proof(part)
      break
    case 'tool_call':
      output.call(call, { id: withSignature(part.id, part.signature), name: part.name, custom: part.custom === true })
      if (part.arguments !== '') output.arguments(call, part.arguments)
      break
    case 'image':
      putImage(part, output)
      break
    case 'vendor':
      if (part.dialect === 'openai-responses' && isItem(part.value)) output.item(part.value)
      break
    default:
  }
}

/** As the tool gives it that makes images at OpenAI. */
function putImage({ source }: ImagePart, output: Output): void {
  if (source.kind !== 'base64') return
  const format = source.mediaType.slice(source.mediaType.indexOf('/') + 1)
  output.item({ type: 'image_generation_call', status: 'completed', output_format: format, result: source.data })
}

/** Content parts that nobody knows have no id; items do. */
function isItem(value: unknown): value is JsonObject {
  return isObject(value) && typeof value['type'] === 'string' && typeof value['id'] === 'string'
}
