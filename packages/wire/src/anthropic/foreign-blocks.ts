import { SIGNED_ID, splitSignature } from '../canonical/tool-ids.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { Edit } from '../json/patch.ts'
import { unmarkedSignature } from './signatures.ts'

/**
 * What another vendor's turns left in a conversation that goes on at Claude: thought that Claude did not sign, which it refuses
 * ("Extended thinking", thinking signatures), and ids of calls with a signature inside. `messages` is written anew only where
 * there is some.
 */
export function foreignEdits(body: Buffer, { messages }: JsonObject): Edit[] {
  if (!Array.isArray(messages)) return []
  const signedIds = body.includes(SIGNED_ID)
  if (!signedIds && !messages.some((message) => blocksOf(message).some(isForeignThought))) return []
  const own = messages.map((message: unknown) => ownMessage(message)).filter((message) => message !== undefined)
  return [{ replace: 'messages', value: JSON.stringify(own) }]
}

function blocksOf(message: unknown): unknown[] {
  const content = isObject(message) ? message['content'] : undefined
  return Array.isArray(content) ? content : []
}

/** Undefined where nothing is left of it. */
function ownMessage(message: unknown): unknown {
  const blocks = blocksOf(message)
  if (!isObject(message) || blocks.length === 0) return message
  const content = blocks.filter((block) => !isForeignThought(block)).map(withOwnId)
  return content.length === 0 ? undefined : { ...message, content }
}

/** Vendors that sign nothing leave the signature empty. */
function isForeignThought(block: unknown): boolean {
  if (!isObject(block)) return false
  const proof = block['type'] === 'thinking' ? block['signature'] : block['type'] === 'redacted_thinking' ? block['data'] : undefined
  return typeof proof === 'string' && (proof === '' || unmarkedSignature(proof).origin !== 'anthropic')
}

function withOwnId(block: unknown): unknown {
  if (!isObject(block)) return block
  const name = block['type'] === 'tool_use' ? 'id' : block['type'] === 'tool_result' ? 'tool_use_id' : undefined
  const id = name === undefined ? undefined : block[name]
  return name === undefined || typeof id !== 'string' ? block : { ...block, [name]: splitSignature(id).id }
}
