import { nineCharacterId, splitSignature } from '../canonical/tool-ids.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { Edit } from '../json/patch.ts'
import type { Patchable } from './upstream-body.ts'

/**
 * Ids of calls for a vendor that takes none but its own form (T7): a conversation that began elsewhere goes on there. Calls
 * and their results get the same ones; `messages` is written anew only where an id does not fit.
 */
export function idEdits({ body, scan }: Pick<Patchable, 'body' | 'scan'>): Edit[] {
  const member = scan.members.get('messages')
  const text = member === undefined ? '' : body.toString('utf8', member.valueStart, member.valueEnd)
  if (!text.includes('"tool_call')) return []
  const messages: unknown = JSON.parse(text)
  const fitting = Array.isArray(messages) ? messages.map(fittingMessage) : []
  return fitting.every((message, index) => message === (messages as unknown[])[index])
    ? []
    : [{ replace: 'messages', value: JSON.stringify(fitting) }]
}

/** The very message where all of its ids fit. */
function fittingMessage(message: unknown): unknown {
  if (!isObject(message)) return message
  const { tool_calls: calls } = message
  const inner = Array.isArray(calls) ? calls.map((call: unknown) => (isObject(call) ? fittingId(call, 'id') : call)) : undefined
  const changed = inner?.some((call, index) => call !== (calls as unknown[])[index]) === true
  return fittingId(changed ? { ...message, tool_calls: inner } : message, 'tool_call_id')
}

function fittingId(holder: JsonObject, name: string): JsonObject {
  const id = holder[name]
  if (typeof id !== 'string') return holder
  const fitting = nineCharacterId(splitSignature(id).id)
  return fitting === id ? holder : { ...holder, [name]: fitting }
}
