import { createHash } from 'node:crypto'
import type { ToolCallPart } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { argumentsText } from './arguments.ts'
import { parseExact } from '../json/exact.ts'

/**
 * The calls of an answer or a line, with the arguments as they were written. Without an id, which older versions do not
 * give, one is made of the answer's time and the call's place, for ids have to differ between answers as well (T3).
 */
export function readCalls(text: string, line: JsonObject, before: number): ToolCallPart[] {
  if (!isObject(line['message']) || !Array.isArray(line['message']['tool_calls'])) return []
  const exact = parseExact(text) as { message: { tool_calls: unknown[] } }
  return exact.message.tool_calls.filter(isObject).flatMap((call, index) => {
    const own = call['function']
    if (!isObject(own) || typeof own['name'] !== 'string') return []
    const id = typeof call['id'] === 'string' && call['id'] !== '' ? call['id'] : madeId(line, own['name'], before + index)
    return [{ type: 'tool_call', id, name: own['name'], arguments: argumentsText(own['arguments']), at: '' }]
  })
}

function madeId({ model, created_at: created }: JsonObject, name: string, index: number): string {
  const hash = createHash('sha256').update(JSON.stringify([model, created, name, index]))
  return `call_${hash.digest('hex').slice(0, 16)}`
}
