import { sniffed, sourceOf } from '../canonical/media.ts'
import type { ImagePart, Part, Tool, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import { present, type MemberReader } from '../cohere/members.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { argumentsText } from './arguments.ts'
import { CallIds } from './call-ids.ts'

const ROLES = ['system', 'user', 'assistant', 'tool'] as const

/** The messages as turns, one each. Ollama takes roles in any case. */
export function decodeMessages(reader: MemberReader, value: JsonObject): Turn[] {
  const ids = new CallIds()
  return reader.objects(reader.list(value, 'messages', ''), '/messages').map(({ item, at }) => {
    const told = item['role']
    const message = typeof told === 'string' ? { ...item, role: told.toLowerCase() } : item
    const role = reader.oneOf(message, 'role', at, ROLES)
    if (role === undefined) reader.fail(`${at}/role`, '`role` is missing: it is "system", "user", "assistant" or "tool"')
    return {
      role: role ?? 'user',
      parts: role === 'tool' ? [decodeResult(reader, message, at, ids)] : decodeParts(reader, message, at, ids),
      at,
    }
  })
}

function decodeParts(reader: MemberReader, message: JsonObject, at: string, ids: CallIds): Part[] {
  const thinking = reader.string(message, 'thinking', at) ?? ''
  const content = reader.string(message, 'content', at) ?? ''
  const calls = reader.objects(reader.list(message, 'tool_calls', at), `${at}/tool_calls`)
  return [
    ...(thinking === '' ? [] : [{ type: 'reasoning' as const, text: thinking, at: `${at}/thinking` }]),
    ...(content === '' ? [] : [{ type: 'text' as const, text: content, at: `${at}/content` }]),
    ...decodeImages(reader, message, at),
    ...calls.map(({ item, at: place }) => decodeCall(reader, item, place, ids)),
  ]
}

/** Images are bytes as base64, without a `data:` prefix, though some clients send one. */
export function decodeImages(reader: MemberReader, holder: JsonObject, at: string): ImagePart[] {
  return (reader.strings(holder, 'images', at) ?? []).map((image, index) => {
    const place = `${at}/images/${index}`
    if (image.startsWith('data:')) return { type: 'image', source: sourceOf(image), at: place }
    return { type: 'image', source: { kind: 'base64', mediaType: sniffed(image) ?? 'image/png', data: image }, at: place }
  })
}

function decodeCall(reader: MemberReader, call: JsonObject, at: string, ids: CallIds): ToolCallPart {
  const own = reader.object(call, 'function', at) ?? {}
  const name = reader.required(own, 'name', `${at}/function`)
  const { id, signature } = ids.call(reader.string(call, 'id', at), name)
  return { type: 'tool_call', id, name, arguments: argumentsText(own['arguments']), ...present({ signature }), at }
}

function decodeResult(reader: MemberReader, message: JsonObject, at: string, ids: CallIds): ToolResultPart {
  const name = reader.string(message, 'tool_name', at) ?? reader.string(message, 'name', at)
  const text = reader.string(message, 'content', at) ?? ''
  const callId = ids.result(reader.string(message, 'tool_call_id', at), name)
  const content = text === '' ? [] : [{ type: 'text' as const, text, at: `${at}/content` }]
  return { type: 'tool_result', callId, ...present({ name }), content: [...content, ...decodeImages(reader, message, at)], at }
}

/** The tools of a chat, in OpenAI's form. */
export function decodeTools(reader: MemberReader, value: JsonObject): Tool[] | undefined {
  const tools = reader.objects(reader.list(value, 'tools', ''), '/tools').map(({ item, at }): Tool => {
    const { type } = item
    if (!isObject(item['function']) && typeof type === 'string' && type !== 'function')
      return { type: 'vendor', dialect: 'ollama', name: type, value: item, at }
    const own = reader.object(item, 'function', at) ?? {}
    const name = reader.required(own, 'name', `${at}/function`)
    const description = reader.string(own, 'description', `${at}/function`)
    const parameters = reader.object(own, 'parameters', `${at}/function`)
    return { type: 'function', name, ...present({ description, parameters }), at }
  })
  return tools.length === 0 ? undefined : tools
}
