import { nineCharacterId, SIGNED_ID, splitSignature } from '../canonical/tool-ids.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { UpstreamChange } from '../model-request.ts'
import type { Edit } from '../json/patch.ts'
import { bridged } from './bridged.ts'
import type { Patchable } from './upstream-body.ts'

/** What of messages a vendor of this dialect does not take as others do. */
type Fit = Pick<UpstreamChange, 'nineCharacterToolIds' | 'assistantAfterTools' | 'withoutInMessages'>

/**
 * Messages of a conversation that began elsewhere, so that it goes on at a vendor of this dialect: ids of calls without what
 * another vendor signed, which makes them longer than OpenAI takes them. For a vendor that takes ids in no form but its own
 * (T7); that refuses members which OpenAI's clients send back as they got them; or that lets no user speak right after a tool.
 * Calls and their results get the same ids; `messages` is written anew only where something does not fit.
 */
export function fittingEdits({ body, scan }: Pick<Patchable, 'body' | 'scan'>, fit: Fit): Edit[] {
  const { nineCharacterToolIds, assistantAfterTools, withoutInMessages = [] } = fit
  const signed = body.includes(SIGNED_ID)
  const ofCalls = signed || nineCharacterToolIds === true || assistantAfterTools === true
  if (!ofCalls && withoutInMessages.length === 0) return []
  const member = scan.members.get('messages')
  const text = member === undefined ? '' : body.toString('utf8', member.valueStart, member.valueEnd)
  if (!(ofCalls && text.includes('"tool_call')) && !withoutInMessages.some((name) => text.includes(`"${name}"`))) return []
  const messages: unknown = JSON.parse(text)
  if (!Array.isArray(messages)) return []
  const bare = messages.map((message: unknown) => withoutIdle(message, withoutInMessages))
  const named = signed || nineCharacterToolIds === true ? bare.map((message) => fittingMessage(message, idFor(fit))) : bare
  const fitting = assistantAfterTools === true ? bridged(named) : named
  const same = fitting.length === messages.length && fitting.every((message, index) => message === (messages as unknown[])[index])
  return same ? [] : [{ replace: 'messages', value: JSON.stringify(fitting) }]
}

/** The message without these members where they are null or empty; the very same where none is. */
function withoutIdle(message: unknown, names: readonly string[]): unknown {
  if (!isObject(message)) return message
  const idle = names.filter((name) => name in message && isIdle(message[name]))
  return idle.length === 0 ? message : Object.fromEntries(Object.entries(message).filter(([name]) => !idle.includes(name)))
}

function isIdle(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

type IdRule = (id: string) => string

function idFor({ nineCharacterToolIds }: Fit): IdRule {
  return nineCharacterToolIds === true ? (id) => nineCharacterId(splitSignature(id).id) : (id) => splitSignature(id).id
}

/** The very message where all of its ids fit. */
function fittingMessage(message: unknown, rule: IdRule): unknown {
  if (!isObject(message)) return message
  const { tool_calls: calls } = message
  const inner = Array.isArray(calls) ? calls.map((call: unknown) => (isObject(call) ? fittingId(call, 'id', rule) : call)) : undefined
  const changed = inner?.some((call, index) => call !== (calls as unknown[])[index]) === true
  return fittingId(changed ? { ...message, tool_calls: inner } : message, 'tool_call_id', rule)
}

function fittingId(holder: JsonObject, name: string, rule: IdRule): JsonObject {
  const id = holder[name]
  if (typeof id !== 'string') return holder
  const fitting = rule(id)
  return fitting === id ? holder : { ...holder, [name]: fitting }
}
