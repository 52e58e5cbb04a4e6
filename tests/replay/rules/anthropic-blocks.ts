/** Messages of Anthropic's dialect as blocks, for the rules about what follows what. */
import type { JsonObject } from '../types.ts'
import { array, everyObject, objects } from './walk.ts'

export interface Turn {
  /** Index of its first message. */
  index: number
  role: unknown
  blocks: JsonObject[]
}

export function blocksOf(message: JsonObject): JsonObject[] {
  const content = message['content']
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objects(content)
}

/** Consecutive messages of one role count as one turn; messages of the system stand between turns, and are none. */
export function turnsOf(body: JsonObject): Turn[] {
  const turns: Turn[] = []
  for (const [index, message] of objects(body['messages']).entries()) {
    if (message['role'] === 'system') continue
    const last = turns.at(-1)
    if (last !== undefined && last.role === message['role']) last.blocks.push(...blocksOf(message))
    else turns.push({ index, role: message['role'], blocks: [...blocksOf(message)] })
  }
  return turns
}

/** Every mark for the cache in the order of the prompt: tools, system, messages. */
export function cacheMarks(body: JsonObject): { at: string; block: JsonObject; ttl: unknown }[] {
  const found: { at: string; block: JsonObject; ttl: unknown }[] = []
  for (const member of ['tools', 'system', 'messages']) {
    for (const { at, value } of everyObject(array(body[member]), [member])) {
      const mark = value['cache_control'] as JsonObject | null | undefined
      if (mark == null || at.includes('input_schema') || at.includes('input')) continue
      found.push({ at: at.join('.'), block: value, ttl: mark['ttl'] ?? '5m' })
    }
  }
  return found
}
