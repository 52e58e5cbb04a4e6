import assert from 'node:assert/strict'
import { encodeRequest } from '../../src/bedrock/encode.ts'
import type { Conversation, Part, Quirks, Turn, Unsupported } from '../../src/index.ts'

export const CLAUDE = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
export const NOVA = 'amazon.nova-pro-v1:0'

function conversation(given: Partial<Conversation> = {}): Conversation {
  return { stream: false, turns: [user('Hello')], others: {}, ...given }
}

export function user(...parts: (string | Part)[]): Turn {
  return turn('user', parts)
}

export function assistant(...parts: (string | Part)[]): Turn {
  return turn('assistant', parts)
}

export function turn(role: Turn['role'], parts: (string | Part)[]): Turn {
  return { role, at: '/t', parts: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part, at: '/x' } : part)) }
}

export interface Written {
  body: Record<string, unknown>
  text: string
  unsupported: Unsupported[]
}

/** Encodes and parses; the same conversation gives the same bytes (T9). */
export function write(given: Partial<Conversation>, model = CLAUDE, limit: number | 'none' = 4096, quirks: Quirks = {}): Written {
  const outputLimit = limit === 'none' ? undefined : limit
  const { body, unsupported } = encodeRequest(conversation(given), { model, outputLimit, quirks })
  const text = body.toString()
  assert.equal(encodeRequest(conversation(given), { model, outputLimit, quirks }).body.toString(), text)
  return { body: JSON.parse(text) as Record<string, unknown>, text, unsupported }
}

/** Where something was lost. */
export function lost({ unsupported }: Written): string[] {
  return unsupported.map(({ at }) => at)
}

/** The content blocks of the only, or the given, message. */
export function content({ body }: Written, index = 0): unknown {
  return (body['messages'] as { content: unknown }[])[index]?.content
}
