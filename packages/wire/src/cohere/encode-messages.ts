import { failedResult } from '../canonical/failed-result.ts'
import { urlOf } from '../canonical/media.ts'
import { speakersNames, withoutSystem } from '../canonical/turns.ts'
import type { DocumentPart, ImagePart, Part, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { JsonObject } from '../json/object.ts'
import { mapPresent } from '../json/present.ts'
import { encodeDocument } from './documents.ts'
import { argumentsOf } from './tools.ts'

export interface EncodedMessages {
  messages: JsonObject[]
  documents: JsonObject[]
  /** Some document is to be cited. */
  citations: boolean
}

/**
 * The turns as Cohere's messages: the system's words first and once ("system turn must be the first in the list"), results
 * of tools in messages of their own before what else the user says (T6), documents beside the messages.
 */
export function encodeMessages(turns: readonly Turn[], unsupported: Unsupported[]): EncodedMessages {
  unsupported.push(...speakersNames(turns))
  const writer = new MessageWriter(unsupported)
  const { system, turns: rest } = withoutSystem(turns)
  writer.add('system', textContent(system.map(({ text }) => text)))
  for (const turn of rest) writer.turn(turn)
  return writer
}

class MessageWriter implements EncodedMessages {
  readonly messages: JsonObject[] = []
  readonly documents: JsonObject[] = []
  citations = false
  readonly #unsupported: Unsupported[]

  constructor(unsupported: Unsupported[]) {
    this.#unsupported = unsupported
  }

  /** A message without content is refused, so there is none. */
  add(role: string, content: unknown, members: JsonObject = {}): void {
    if (content === undefined && Object.keys(members).length === 0) return
    this.messages.push({ role, ...members, ...(content === undefined ? {} : { content }) })
  }

  turn({ role, parts }: Turn): void {
    if (role === 'assistant') {
      this.#assistant(parts)
      return
    }
    for (const part of parts) if (part.type === 'tool_result') this.#result(part)
    this.add('user', simplest(mapPresent(parts, (part) => this.#userBlock(part))))
  }

  /** Beside tool calls Cohere's own messages carry no text: what is said before a call is its plan. */
  #assistant(parts: readonly Part[]): void {
    const calls = mapPresent(parts, (part) => (part.type === 'tool_call' ? this.#call(part) : undefined))
    const blocks = mapPresent(parts, (part) => this.#assistantBlock(part))
    if (calls.length === 0) {
      this.add('assistant', simplest(blocks))
      return
    }
    const plan = blocks.flatMap((block) => (block['type'] === 'text' ? [block['text']] : [])).join('\n')
    const content = blocks.filter((block) => block['type'] !== 'text')
    const members = { ...(plan === '' ? {} : { tool_plan: plan }), tool_calls: calls }
    this.add('assistant', content.length === 0 ? undefined : content, members)
  }

  #assistantBlock(part: Part): JsonObject | undefined {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text === '' ? undefined : { type: 'text', text: part.text }
      case 'reasoning':
        // What another vendor signed or hid is of no use to Cohere (M6).
        return part.origin !== undefined && part.origin !== 'cohere' ? undefined : thinking(part.text)
      case 'tool_call':
      case 'tool_result':
        return undefined
      default:
        return this.#stranger(part)
    }
  }

  #userBlock(part: Part): JsonObject | undefined {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text === '' ? undefined : { type: 'text', text: part.text }
      case 'image':
        return this.#image(part)
      case 'document':
        return this.#document(part)
      case 'reasoning':
      case 'tool_call':
      case 'tool_result':
        return undefined
      default:
        return this.#stranger(part)
    }
  }

  #image({ source, detail, at }: ImagePart): JsonObject | undefined {
    const url = urlOf(source)
    if (url === undefined) return this.#drop(at, 'an image', 'the id belongs to another vendor')
    const level = detail === 'original' ? 'high' : detail
    return { type: 'image_url', image_url: { url, ...(level === undefined ? {} : { detail: level }) } }
  }

  #document(part: DocumentPart): undefined {
    const document = encodeDocument(part)
    if (document === undefined) {
      this.#drop(part.at, 'a document', 'Cohere takes documents only as text')
      return
    }
    this.documents.push(document)
    this.citations ||= part.citations === true
  }

  #call({ id, name, arguments: text, custom, at }: ToolCallPart): JsonObject | undefined {
    if (custom === true) return this.#drop(at, `a call of ${name}`, 'its arguments are free text, and Cohere knows only JSON')
    return { id, type: 'function', function: { name, arguments: argumentsOf(text) } }
  }

  #result({ callId, content, isError }: ToolResultPart): void {
    const blocks = mapPresent(content, (part) => this.#resultBlock(part))
    const texts = blocks.flatMap((block) => (block['type'] === 'text' ? [String(block['text'])] : []))
    const plain = isError === true ? failedResult(texts.join('\n')) : (texts[0] ?? '')
    const single = blocks.length === texts.length && (isError === true || texts.length <= 1)
    // Nothing is JSON, too: a message without content is refused.
    this.messages.push({ role: 'tool', tool_call_id: callId, content: !single ? blocks : plain === '' ? '{}' : plain })
  }

  #resultBlock(part: ToolResultPart['content'][number]): JsonObject | undefined {
    if (part.type === 'text') return { type: 'text', text: part.text }
    if (part.type === 'image') return this.#drop(part.at, "an image in a tool's result")
    const document = encodeDocument(part)
    return document === undefined ? this.#drop(part.at, "a document in a tool's result") : { type: 'document', document }
  }

  #stranger(part: Part): JsonObject | undefined {
    if (part.type === 'vendor' && part.dialect === 'cohere') return part.value as JsonObject
    return this.#drop(part.at, part.type === 'vendor' ? `a part that only ${part.dialect} knows` : `a part of type ${part.type}`)
  }

  #drop(at: string, what: string, why?: string): undefined {
    this.#unsupported.push({ at, what, ...(why === undefined ? {} : { why }) })
  }
}

function thinking(text: string): JsonObject | undefined {
  return text === '' ? undefined : { type: 'thinking', thinking: text }
}

/** One text is a string; nothing is no content at all. */
function simplest(blocks: JsonObject[]): unknown {
  if (blocks.length === 0) return undefined
  return blocks.length === 1 && blocks[0]?.['type'] === 'text' ? blocks[0]['text'] : blocks
}

function textContent(texts: string[]): unknown {
  return simplest(texts.filter((text) => text !== '').map((text) => ({ type: 'text', text })))
}
