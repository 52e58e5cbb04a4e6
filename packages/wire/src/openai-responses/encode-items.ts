import type { Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart, Turn, VendorPart } from '../canonical/conversation.ts'
import { failedResult } from '../canonical/failed-result.ts'
import { plainId } from '../canonical/tool-ids.ts'
import { speakersNames } from '../canonical/turns.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { inputContent, outputContent } from './encode-content.ts'
import type { Encoding } from './encoding.ts'
import { encryptedContent } from './seal.ts'

/** OpenAI refuses longer ids of calls. */
const LONGEST_ID = 64

/** The items of the input, in the order of the turns and of the parts in them. */
export function encodeTurns(turns: readonly Turn[], to: Encoding): JsonObject[] {
  to.unsupported.push(...speakersNames(turns))
  const custom = customCalls(turns)
  return turns.flatMap((turn) => encodeTurn(turn, custom, to))
}

/** Results say only whose they are; calls of custom tools have results of their own kind. */
function customCalls(turns: readonly Turn[]): Set<string> {
  const calls = turns.flatMap(({ parts }) => parts).filter((part) => part.type === 'tool_call' && part.custom === true)
  return new Set(calls.map((part) => (part as ToolCallPart).id))
}

/** Parts in a row that a message can hold make one; what is an item of its own comes between. */
function encodeTurn(turn: Turn, custom: ReadonlySet<string>, to: Encoding): JsonObject[] {
  const items: JsonObject[] = []
  let said: Part[] = []
  const endMessage = (): void => {
    const message = messageItem(turn, said, to)
    if (message !== undefined) items.push(message)
    said = []
  }
  for (const part of turn.parts) {
    if (isSaid(part, turn)) {
      said.push(part)
      continue
    }
    endMessage()
    const item = ownItem(part, custom, to)
    if (item !== undefined) items.push(item)
  }
  endMessage()
  return items
}

type OwnItem = ReasoningPart | ToolCallPart | ToolResultPart | VendorPart

/** Whether the part is content of a message. A vendor's part is an item where it stands for its whole turn. */
function isSaid(part: Part, turn: Turn): part is Exclude<Part, OwnItem> | VendorPart {
  if (part.type === 'vendor') return part.at !== turn.at
  return part.type !== 'reasoning' && part.type !== 'tool_call' && part.type !== 'tool_result'
}

/** A message of one plain text has that for its content; one of which nothing can be carried is left out. */
function messageItem({ role }: Turn, parts: readonly Part[], to: Encoding): JsonObject | undefined {
  const own = role === 'tool' ? 'user' : role === 'developer' && to.target.quirks.noDeveloperRole === true ? 'system' : role
  const [only, more] = parts
  if (more === undefined && only?.type === 'text' && isPlain(only)) return { type: 'message', role: own, content: only.text }
  const content = parts.map((part) => (role === 'assistant' ? outputContent(part, to) : inputContent(part, to)))
  const carried = content.filter((part) => part !== undefined)
  return carried.length === 0 ? undefined : { type: 'message', role: own, content: carried }
}

/** A text that carries nothing but its words. */
function isPlain({ citations, cacheControl }: TextPart): boolean {
  return citations === undefined && cacheControl === undefined
}

function ownItem(part: OwnItem, custom: ReadonlySet<string>, to: Encoding): JsonObject | undefined {
  switch (part.type) {
    case 'reasoning':
      return reasoningItem(part, to)
    case 'tool_call':
      return callItem(part)
    case 'tool_result':
      return resultItem(part, custom, to)
    case 'vendor':
      return part.dialect === to.dialect ? (part.value as JsonObject) : to.refuseVendor(part)
  }
}

/** Only what OpenAI made itself, and only with its proof or the id under which it is stored. */
function reasoningItem(part: ReasoningPart, to: Encoding): JsonObject | undefined {
  const encrypted = encryptedContent(part)
  if (part.origin !== to.dialect || (encrypted === undefined && part.id === undefined)) return undefined
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }]
  return present({ type: 'reasoning', id: part.id, summary, encrypted_content: encrypted })
}

function callItem({ id, name, arguments: args, custom }: ToolCallPart): JsonObject {
  const call = { call_id: plainId(id, LONGEST_ID), name }
  return custom === true ? { type: 'custom_tool_call', ...call, input: args } : { type: 'function_call', ...call, arguments: args }
}

function resultItem({ callId, content: told, isError }: ToolResultPart, custom: ReadonlySet<string>, to: Encoding): JsonObject {
  const content = isError === true ? failed(told) : told
  const [only, more] = content
  const plain = only === undefined || (more === undefined && only.type === 'text' && only.cacheControl === undefined)
  const output = plain ? textOf(only) : content.map((part) => inputContent(part, to)).filter((part) => part !== undefined)
  return { type: custom.has(callId) ? 'custom_tool_call_output' : 'function_call_output', call_id: plainId(callId, LONGEST_ID), output }
}

/** What a tool said that failed: its texts in one, before what else there is. */
function failed(content: ToolResultPart['content']): ToolResultPart['content'] {
  const texts = content.filter((part) => part.type === 'text')
  const text = failedResult(texts.map((part) => part.text).join('\n'))
  return [{ ...texts.at(-1), type: 'text', text, at: '' }, ...content.filter((part) => part.type !== 'text')]
}

function textOf(part: Part | undefined): string {
  return part?.type === 'text' ? part.text : ''
}
