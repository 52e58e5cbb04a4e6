import { sniffed, sourceOf } from '../canonical/media.ts'
import type { ImagePart, Part, Tool, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { argumentsText } from './arguments.ts'
import { CallIds } from './call-ids.ts'

const ROLES = ['system', 'user', 'assistant', 'tool'] as const

/** The messages as turns, one each. Ollama takes roles in any case. */
export function decodeMessages(fields: Fields, value: JsonObject): Turn[] {
  const ids = new CallIds()
  return fields.objects(value, 'messages', '').map(({ value: item, at }) => {
    const told = item['role']
    const message = typeof told === 'string' ? { ...item, role: told.toLowerCase() } : item
    const role = fields.word(message, 'role', at, ROLES)
    if (role === undefined) fields.fail(`${at}/role`, '`role` is missing: it is "system", "user", "assistant" or "tool"')
    return {
      role: role ?? 'user',
      parts: role === 'tool' ? [decodeResult(fields, message, at, ids)] : decodeParts(fields, message, at, ids),
      at,
    }
  })
}

function decodeParts(fields: Fields, message: JsonObject, at: string, ids: CallIds): Part[] {
  const thinking = fields.string(message, 'thinking', at) ?? ''
  const content = fields.string(message, 'content', at) ?? ''
  const calls = fields.objects(message, 'tool_calls', at)
  return [
    ...(thinking === '' ? [] : [{ type: 'reasoning' as const, text: thinking, at: `${at}/thinking` }]),
    ...(content === '' ? [] : [{ type: 'text' as const, text: content, at: `${at}/content` }]),
    ...decodeImages(fields, message, at),
    ...calls.map(({ value: item, at: place }) => decodeCall(fields, item, place, ids)),
  ]
}

/** Images are bytes as base64, without a `data:` prefix, though some clients send one. */
export function decodeImages(fields: Fields, holder: JsonObject, at: string): ImagePart[] {
  return (fields.strings(holder, 'images', at) ?? []).map((image, index) => {
    const place = `${at}/images/${index}`
    if (image.startsWith('data:')) return { type: 'image', source: sourceOf(image), at: place }
    return { type: 'image', source: { kind: 'base64', mediaType: sniffed(image) ?? 'image/png', data: image }, at: place }
  })
}

function decodeCall(fields: Fields, call: JsonObject, at: string, ids: CallIds): ToolCallPart {
  const own = fields.object(call, 'function', at) ?? {}
  const name = fields.needed(own, 'name', `${at}/function`)
  const { id, signature } = ids.call(fields.string(call, 'id', at), name)
  return { type: 'tool_call', id, name, arguments: argumentsText(own['arguments']), ...present({ signature }), at }
}

function decodeResult(fields: Fields, message: JsonObject, at: string, ids: CallIds): ToolResultPart {
  const name = fields.string(message, 'tool_name', at) ?? fields.string(message, 'name', at)
  const text = fields.string(message, 'content', at) ?? ''
  const callId = ids.result(fields.string(message, 'tool_call_id', at), name)
  const content = text === '' ? [] : [{ type: 'text' as const, text, at: `${at}/content` }]
  return { type: 'tool_result', callId, ...present({ name }), content: [...content, ...decodeImages(fields, message, at)], at }
}

/** The tools of a chat, in OpenAI's form. */
export function decodeTools(fields: Fields, value: JsonObject): Tool[] | undefined {
  const tools = fields.objects(value, 'tools', '').map(({ value: item, at }): Tool => {
    const { type } = item
    if (!isObject(item['function']) && typeof type === 'string' && type !== 'function')
      return { type: 'vendor', dialect: 'ollama', name: type, value: item, at }
    const own = fields.object(item, 'function', at) ?? {}
    const name = fields.needed(own, 'name', `${at}/function`)
    const description = fields.string(own, 'description', `${at}/function`)
    const parameters = fields.object(own, 'parameters', `${at}/function`)
    return { type: 'function', name, ...present({ description, parameters }), at }
  })
  return tools.length === 0 ? undefined : tools
}
