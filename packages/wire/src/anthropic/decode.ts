import type { Conversation, Other, Part, Turn } from '../canonical/conversation.ts'
import type { Decoded } from '../dialect.ts'
import { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { decodeOutput, decodeReasoning, decodeSettings } from './decode-options.ts'
import { cacheOf, decodeContent, textPart, vendorPart } from './decode-parts.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { unknownThread } from './threads.ts'

/** Top-level members that the conversation, or the request around it, has a place for. */
const KNOWN = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'stream',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'stop_sequences',
  'metadata',
  'service_tier',
  'temperature',
  'top_p',
  'top_k',
  'cache_control',
])

const MESSAGE_MEMBERS = new Set(['role', 'content'])

/** The body of `POST /v1/messages` (Messages API reference) in neutral form. */
export function decodeMessages(body: JsonObject): Decoded {
  const fields = new Fields()
  const others: Record<string, Other> = {}
  const conversation: Conversation = {
    stream: fields.boolean(body, 'stream', '') ?? false,
    turns: [...systemTurn(body, fields), ...messageTurns(body, fields)],
    ...decodeTools(body, others, fields),
    ...decodeToolChoice(body, fields),
    ...decodeOutput(body, others, fields),
    ...decodeReasoning(body, others, fields),
    ...decodeSettings(body, fields),
    ...cacheOf(body),
    others,
  }
  for (const [name, value] of Object.entries(body)) {
    if (!KNOWN.has(name) && value !== null && !isIdle(name, value)) others[name] = { at: `/${name}`, value }
  }
  return fields.fault ?? unknownThread(body) ?? { ok: true, conversation }
}

/**
 * Clearing what was thought in earlier turns (guide "Context editing") asks for nothing of others: they never get it.
 * Claude Code asks for it always.
 */
function isIdle(name: string, value: unknown): boolean {
  if (name === 'speed') return value === 'standard'
  if (name !== 'context_management' || !isObject(value)) return false
  const { edits, ...rest } = value
  const clears = Array.isArray(edits) && edits.every((edit) => isObject(edit) && String(edit['type']).startsWith('clear_thinking_'))
  return clears && Object.keys(rest).length === 0
}

/** `system`: a string, or text blocks that keep their breakpoints (M1, M3). */
function systemTurn(body: JsonObject, fields: Fields): Turn[] {
  const { system } = body
  if (system == null) return []
  if (typeof system === 'string') return [{ role: 'system', parts: [{ type: 'text', text: system, at: '/system' }], at: '/system' }]
  if (Array.isArray(system)) {
    const blocks = fields.objectsOf(system, '/system', '{"type": "text", "text": …}')
    return [{ role: 'system', parts: blocks.map(({ value: block, at }) => textPart(block, at, fields)), at: '/system' }]
  }
  fields.wrong(system, '/system', 'a string or an array of text blocks')
  return []
}

function messageTurns(body: JsonObject, fields: Fields): Turn[] {
  const messages = fields.list(body, 'messages', '') ?? []
  return fields.objectsOf(messages, '/messages', '{"role": "user", "content": …}').map(({ value: message, at }) => {
    const role = roleOf(message, at, fields)
    return { role, parts: role === 'system' ? systemParts(message, at, fields) : decodeContent(message, at, fields), at }
  })
}

function roleOf(message: JsonObject, at: string, fields: Fields): 'user' | 'assistant' | 'system' {
  const role = fields.needed(message, 'role', at)
  if (role === 'user' || role === 'assistant' || role === 'system') return role
  fields.fail(`${at}/role`, `\`role\` is "${role}": it must be "user", "assistant" or "system"`)
  return 'user'
}

/** A system message in mid-conversation is text, and may carry settings of the vendor that no other one has. */
function systemParts(message: JsonObject, at: string, fields: Fields): Part[] {
  const plain = Object.entries(message).every(([name, value]) => MESSAGE_MEMBERS.has(name) || value == null)
  return plain ? decodeContent(message, at, fields) : [vendorPart(message, at)]
}
