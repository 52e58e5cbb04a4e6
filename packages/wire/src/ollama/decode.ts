import type { Part, Turn } from '../canonical/conversation.ts'
import { withOpenThoughts } from '../canonical/sealed-thought.ts'
import type { Decoded } from '../dialect.ts'
import { decodeBody } from '../input/body.ts'
import { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { decodeImages, decodeMessages, decodeTools } from './decode-messages.ts'
import { decodeSettings } from './decode-settings.ts'
import { parseExact } from '../json/exact.ts'
import { present } from '../json/present.ts'

const LOADS = 'only Ollama itself can load a model or put it away: send something to be answered'

/** The neutral form of the body of `POST /api/chat` (documentation: API reference, Generate a chat message). */
export function decodeOllamaChat(body: Buffer): Decoded {
  const value = exactly(body)
  const fields = new Fields()
  const turns = decodeMessages(fields, value)
  const tools = decodeTools(fields, value)
  const conversation = { turns, ...present({ tools }), ...decodeSettings(fields, value, ['messages', 'tools']) }
  if (turns.length === 0) fields.fail('/messages', LOADS)
  return fields.fault ?? withOpenThoughts({ ok: true, conversation })
}

/** The same of `POST /api/generate`: what has no place in a conversation (template, suffix, raw, context) is kept beside it. */
export function decodeOllamaGenerate(body: Buffer): Decoded {
  const value = exactly(body)
  const fields = new Fields()
  const system = fields.string(value, 'system', '') ?? ''
  const prompt = fields.string(value, 'prompt', '') ?? ''
  const parts: Part[] = [
    ...(prompt === '' ? [] : [{ type: 'text' as const, text: prompt, at: '/prompt' }]),
    ...decodeImages(fields, value, ''),
  ]
  const turns: Turn[] = [
    ...(system === '' ? [] : [{ role: 'system' as const, parts: [{ type: 'text' as const, text: system, at: '/system' }], at: '/system' }]),
    { role: 'user', parts, at: '/prompt' },
  ]
  if (parts.length === 0) fields.fail('/prompt', LOADS)
  const conversation = { turns, ...decodeSettings(fields, value, ['prompt', 'system', 'images']) }
  return fields.fault ?? { ok: true, conversation }
}

/** The body with the arguments of calls as they were written: they go on as text, with every digit. */
function exactly(body: Buffer): JsonObject {
  const text = decodeBody(body)
  const value: unknown = JSON.parse(text)
  if (!isObject(value) || !Array.isArray(value['messages'])) return isObject(value) ? value : {}
  const exact = exactMessages(text)
  const messages = (value['messages'] as unknown[]).map((message, index) => {
    const same = exact[index]
    return isObject(message) && isObject(same) && message['tool_calls'] != null ? { ...message, tool_calls: same['tool_calls'] } : message
  })
  return { ...value, messages }
}

function exactMessages(text: string): unknown[] {
  const exact = text.includes('"tool_calls"') ? parseExact(text) : undefined
  return isObject(exact) && Array.isArray(exact['messages']) ? exact['messages'] : []
}
