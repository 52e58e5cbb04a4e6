import type { Part, TextPart, ToolCallPart, Turn } from '../canonical/conversation.ts'
import { alternating, speakersNames, withoutSystem } from '../canonical/turns.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { contentOf, encodePart, textBlock, wireId } from './encode-parts.ts'
import type { Encoding } from './encoding.ts'

type Side = ReturnType<typeof alternating>[number]

export interface Messages {
  messages: JsonObject[]
  /** The last answer calls tools, and no thinking that this vendor signed leads there. */
  unsignedCalls: boolean
  /** The caller has begun the answer. */
  prefilled: boolean
}

/** `system`, from wherever system's and developer's words stand (M1): a string where it is one piece of text. */
export function systemOf(turns: readonly Turn[], encoding: Encoding): string | JsonObject[] | undefined {
  for (const { role, parts } of turns) {
    if (role !== 'system' && role !== 'developer') continue
    for (const { type, at } of parts) if (type !== 'text') encoding.unsupported.push({ at, what: 'anything but text in a system message' })
  }
  const blocks = withoutSystem(turns)
    .system.map((part: TextPart) => textBlock(part, encoding))
    .filter((block) => block !== undefined)
  const [first] = blocks
  if (blocks.length === 1 && first !== undefined && typeof first['text'] === 'string' && Object.keys(first).length === 2)
    return first['text']
  return blocks.length === 0 ? undefined : blocks
}

/**
 * `messages`: sides alternate and the first is the user's (M2), every tool call has its result in the next message and
 * every result its call in the one before (T6). The vendor refuses anything else, so what does not fit is listed and left
 * out: to make up a result, or a question, would put words into the caller's mouth.
 */
export function messagesOf(turns: readonly Turn[], encoding: Encoding): Messages {
  encoding.unsupported.push(...speakersNames(turns))
  const sides = fitting(alternating(withoutSystem(turns).turns.map((turn) => sendable(turn, encoding))), encoding)
  renameCalls(sides)
  const prefilled = prefill(sides, encoding)
  const messages = sides.map(({ role, parts }) => ({ role, content: contentOf(parts, encoding) }))
  if (messages.length === 0) encoding.unsupported.push({ at: '/messages', what: 'a conversation in which the user says nothing' })
  return { messages, unsignedCalls: lacksThinking(sides), prefilled }
}

/** The turn without parts that have no block here. They are tried first, for what follows what depends on what is there. */
function sendable(turn: Turn, { family, unsupported }: Encoding): Turn {
  const parts = turn.parts.filter((part) => {
    const trial: Encoding = { family, unsupported: [], breakpoints: [] }
    if (encodePart(part, trial) !== undefined) return true
    unsupported.push(...trial.unsupported)
    return false
  })
  return { ...turn, parts }
}

/** Leaves out what does not fit until all does: what is left out can leave something else alone. */
function fitting(given: Side[], encoding: Encoding): Side[] {
  let sides = given
  for (;;) {
    const size = sizeOf(sides)
    if (sides[0]?.role === 'assistant') leaveOut(sides.shift(), 'an answer before the first question', encoding)
    sides = alternating(pairedCalls(sides, encoding))
    if (sizeOf(sides) === size) return sides
  }
}

function sizeOf(sides: readonly Side[]): number {
  return sides.reduce((size, { parts }) => size + parts.length, 0)
}

function leaveOut(side: Side | undefined, what: string, { unsupported }: Encoding, why?: string): void {
  if (side !== undefined) unsupported.push({ at: side.at, what, ...(why === undefined ? {} : { why }) })
}

function pairedCalls(sides: readonly Side[], { unsupported }: Encoding): Side[] {
  let open: (string | undefined)[] = []
  return sides.map((side, index) => {
    const results = (sides[index + 1]?.parts ?? []).map(resultId)
    const parts = side.parts.filter((part) => {
      const id = side.role === 'user' ? resultId(part) : part.type === 'tool_call' ? part.id : undefined
      if (id === undefined || take(side.role === 'user' ? open : results, id)) return true
      unsupported.push({ at: part.at, ...(part.type === 'tool_call' ? unanswered(part) : ORPHAN) })
      return false
    })
    open = side.role === 'user' ? [] : parts.map((part) => (part.type === 'tool_call' ? part.id : undefined))
    // Thinking alone is no message: it belonged to the calls.
    return { ...side, parts: parts.every(({ type }) => type === 'reasoning') ? [] : parts }
  })
}

const ORPHAN = { what: 'a tool result without its call', why: 'the vendor wants the call in the message before' }

function unanswered({ name }: ToolCallPart): { what: string; why: string } {
  return { what: `a call of the tool ${name} without a result`, why: 'the vendor wants the result of every call in the next message' }
}

/** Each call takes one result. */
function take(ids: (string | undefined)[], id: string): boolean {
  const at = ids.indexOf(id)
  if (at >= 0) ids[at] = undefined
  return at >= 0
}

/** The vendor wants ids that occur once; some vendors count from 0 in every turn (T7). Results follow their calls. */
function renameCalls(sides: Side[]): void {
  const used = new Set<string>()
  const waiting = new Map<string, string[]>()
  for (const side of sides) {
    side.parts = side.parts.map((part) => {
      if (part.type === 'tool_result') return { ...part, callId: waiting.get(part.callId)?.shift() ?? part.callId }
      if (part.type !== 'tool_call') return part
      let id = part.id
      for (let count = 2; used.has(wireId(id)); count++) id = `${part.id}_${count}`
      used.add(wireId(id))
      waiting.set(part.id, [...(waiting.get(part.id) ?? []), id])
      return { ...part, id }
    })
  }
}

function resultId(part: Part): string | undefined {
  if (part.type === 'tool_result') return part.callId
  if (part.type !== 'vendor' || !isObject(part.value) || part.value['type'] !== 'tool_result') return undefined
  return typeof part.value['tool_use_id'] === 'string' ? part.value['tool_use_id'] : undefined
}

/** An answer that the caller has begun: older models go on with it, if it does not end in white space. */
function prefill(sides: Side[], encoding: Encoding): boolean {
  const last = sides.at(-1)
  if (last?.role !== 'assistant' || last.parts.length === 0) return false
  if (!encoding.family.prefill) {
    leaveOut(sides.pop(), 'an answer that is begun', encoding, 'this model begins its answers itself')
    return false
  }
  const end = last.parts.length - 1
  last.parts = last.parts.map((part, index) => (index === end && part.type === 'text' ? { ...part, text: part.text.trimEnd() } : part))
  return true
}

/** Looks back over the calls and results that belong to the running turn: a loop of tools is one turn of the model. */
function lacksThinking(sides: readonly Side[]): boolean {
  const begun = sides.findLastIndex(({ role, parts }) => role === 'user' && !parts.some((part) => resultId(part) !== undefined))
  const running = sides.slice(begun + 1).filter(({ role }) => role === 'assistant')
  const calls = running.at(-1)?.parts.some(({ type }) => type === 'tool_call') ?? false
  return calls && !running.some(({ parts }) => parts.some(isSigned))
}

function isSigned(part: Part): boolean {
  return part.type === 'reasoning' && part.origin === 'anthropic' && (part.signature ?? part.redacted) !== undefined
}
