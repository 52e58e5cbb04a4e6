import type { Part, ToolResultPart, Turn } from '../canonical/conversation.ts'
import { failedResult } from '../canonical/failed-result.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { bridged } from './bridged.ts'
import { encodeAssistant, isPrefill } from './encode-assistant.ts'
import { cacheOf, encodePart, encodeText } from './encode-parts.ts'
import type { Encoding } from './encoding.ts'
import { wireId } from './wire-id.ts'

/** What stands in for a result that has no text: what it holds follows. */
const IN_NEXT_MESSAGE = '(in the next message)'

/** The messages of a conversation. */
export function encodeMessages(turns: readonly Turn[], encoding: Encoding): JsonObject[] {
  const writer = new MessageWriter(encoding)
  for (const [index, turn] of turns.entries()) {
    if (index === turns.length - 1 && isPrefill(turn)) {
      encoding.drop(turn.at, 'the beginning of the answer', 'the vendor would not go on with it, but answer anew')
    } else {
      writer.write(turn)
    }
  }
  return encoding.quirks.assistantAfterTools === true ? [...bridged(writer.end())] : writer.end()
}

/**
 * Every result of a tool is a message of its own, right after the calls (T6). It holds text only (I2): images and
 * documents in it wait for the next message of the user.
 */
class MessageWriter {
  readonly #encoding: Encoding
  readonly #messages: JsonObject[] = []
  #carried: JsonObject[] = []

  constructor(encoding: Encoding) {
    this.#encoding = encoding
  }

  write(turn: Turn): void {
    if (turn.role === 'user' || turn.role === 'tool') return this.#writeUser(turn)
    this.#flush()
    if (turn.role === 'assistant') this.#messages.push(...encodeAssistant(turn, this.#encoding))
    else this.#writeInstructions(turn)
  }

  end(): JsonObject[] {
    this.#flush()
    return this.#messages
  }

  #writeUser(turn: Turn): void {
    const { parts } = turn
    for (const part of parts) if (part.type === 'tool_result') this.#writeResult(part)
    const said = parts.filter(({ type }) => type !== 'tool_result')
    if (said.length === 0) return
    const encoded = said.map((part) => encodePart(part, this.#encoding)).filter((part) => part !== undefined)
    const content = [...this.#carried.splice(0), ...encoded]
    if (content.length > 0) this.#messages.push(present({ role: 'user', name: this.#encoding.nameOf(turn), content: plain(content) }))
  }

  #writeResult(result: ToolResultPart): void {
    const { callId, content, isError } = result
    const texts: JsonObject[] = []
    const carriedBefore = this.#carried.length
    for (const part of content) {
      const encoded = part.type === 'text' ? encodeText(part, this.#encoding) : encodePart(part, this.#encoding)
      if (encoded === undefined) continue
      if (encoded['type'] === 'text') texts.push(encoded)
      else this.#carried.push(encoded)
    }
    if (isError === true) texts.splice(0, texts.length, failed(texts))
    const last = texts.at(-1)
    if (last !== undefined) texts[texts.length - 1] = { ...cacheOf(result, this.#encoding), ...last }
    if (texts.length === 0 && this.#carried.length > carriedBefore) texts.push({ type: 'text', text: IN_NEXT_MESSAGE })
    this.#messages.push({
      role: 'tool',
      tool_call_id: wireId(callId, this.#encoding.quirks),
      content: texts.length === 0 ? '' : plain(texts),
    })
  }

  #writeInstructions(turn: Turn): void {
    const { role, parts } = turn
    const content = parts.map((part) => this.#instruction(part)).filter((part) => part !== undefined)
    if (content.length === 0) return
    const known = role === 'developer' && this.#encoding.quirks.noDeveloperRole === true ? 'system' : role
    this.#messages.push(present({ role: known, name: this.#encoding.nameOf(turn), content: plain(content) }))
  }

  #instruction(part: Part): JsonObject | undefined {
    if (part.type === 'text') return encodeText(part, this.#encoding)
    return this.#encoding.drop(part.at, `a part of the type ${part.type} in instructions`)
  }

  #flush(): void {
    if (this.#carried.length > 0) this.#messages.push({ role: 'user', content: this.#carried.splice(0) })
  }
}

/** What a tool said that failed, in one text. */
function failed(texts: readonly JsonObject[]): JsonObject {
  return { ...texts.at(-1), type: 'text', text: failedResult(texts.map(({ text }) => String(text)).join('\n')) }
}

/** One text that says nothing but itself is a string: every vendor takes that. */
function plain(content: JsonObject[]): string | JsonObject[] {
  const [first] = content
  const alone = content.length === 1 && first !== undefined && Object.keys(first).every((name) => name === 'type' || name === 'text')
  return alone && typeof first['text'] === 'string' ? first['text'] : content
}
