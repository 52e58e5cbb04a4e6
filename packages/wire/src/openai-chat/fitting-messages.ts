import { nineCharacterId, splitSignature } from '../canonical/tool-ids.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { UpstreamChange } from '../model-request.ts'
import type { Edit } from '../json/patch.ts'
import { bridged } from './bridged.ts'
import type { Patchable } from './upstream-body.ts'

/**
 * Messages for a vendor that takes ids of calls in no form but its own (T7), so that a conversation that began elsewhere goes
 * on there, or that lets no user speak right after a tool. Calls and their results get the same ids; `messages` is written
 * anew only where something does not fit.
 */
export function fittingEdits(
  { body, scan }: Pick<Patchable, 'body' | 'scan'>,
  { nineCharacterToolIds, assistantAfterTools }: Pick<UpstreamChange, 'nineCharacterToolIds' | 'assistantAfterTools'>,
): Edit[] {
  const member = scan.members.get('messages')
  const text = member === undefined ? '' : body.toString('utf8', member.valueStart, member.valueEnd)
  if (!text.includes('"tool_call')) return []
  const messages: unknown = JSON.parse(text)
  if (!Array.isArray(messages)) return []
  const named = nineCharacterToolIds === true ? messages.map(fittingMessage) : (messages as unknown[])
  const fitting = assistantAfterTools === true ? bridged(named) : named
  const same = fitting.length === messages.length && fitting.every((message, index) => message === (messages as unknown[])[index])
  return same ? [] : [{ replace: 'messages', value: JSON.stringify(fitting) }]
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
