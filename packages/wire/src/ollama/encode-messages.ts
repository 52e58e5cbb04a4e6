import type { DocumentPart, ImagePart, Part, ToolCallPart, ToolResultPart, Turn } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import { failedResult } from '../canonical/failed-result.ts'
import { documentText, introduced } from '../canonical/media.ts'
import { speakersNames } from '../canonical/turns.ts'
import type { JsonObject } from '../json/object.ts'
import { mapPresent } from '../json/present.ts'
import { argumentsObject } from './arguments.ts'

/** Between texts that stand apart in a turn: a message of Ollama's has one. */
const BETWEEN_TEXTS = '\n'

/**
 * The turns as Ollama's messages, in order: one text each, images as bytes, results of tools in messages of their own
 * before what else the user says (T6), under the name of the tool and the id of the call.
 */
export function encodeMessages(turns: readonly Turn[], unsupported: Unsupported[]): JsonObject[] {
  unsupported.push(...speakersNames(turns))
  const writer = new MessageWriter(unsupported)
  for (const turn of turns) writer.turn(turn)
  return writer.messages
}

class MessageWriter {
  readonly messages: JsonObject[] = []
  readonly #unsupported: Unsupported[]
  /** Names of the tools that were called, by the ids of the calls. */
  readonly #names = new Map<string, string>()

  constructor(unsupported: Unsupported[]) {
    this.#unsupported = unsupported
  }

  turn({ role, parts }: Turn): void {
    for (const part of parts) if (part.type === 'tool_result') this.#result(part)
    const said = parts.filter((part) => part.type !== 'tool_result')
    const message =
      role === 'assistant' ? this.#assistant(said) : this.#message(role === 'developer' || role === 'system' ? 'system' : 'user', said)
    if (message !== undefined) this.messages.push(message)
  }

  /** Undefined where nothing is left to say. */
  #message(role: string, parts: readonly Part[], more: JsonObject = {}): JsonObject | undefined {
    const content = mapPresent(parts, (part) => this.#text(part)).join(BETWEEN_TEXTS)
    const images = mapPresent(parts, (part) => (part.type === 'image' ? this.#image(part) : undefined))
    const members = { ...more, ...(images.length === 0 ? {} : { images }) }
    return content === '' && Object.keys(members).length === 0 ? undefined : { role, content, ...members }
  }

  #assistant(parts: readonly Part[]): JsonObject | undefined {
    const thinking = mapPresent(parts, thought).join(BETWEEN_TEXTS)
    const calls = mapPresent(parts, (part) => (part.type === 'tool_call' ? this.#call(part) : undefined))
    const said = parts.filter((part) => part.type !== 'tool_call' && part.type !== 'reasoning')
    return this.#message('assistant', said, {
      ...(thinking === '' ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map((call, index) => callOf(call, index)) }),
    })
  }

  #text(part: Part): string | undefined {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text === '' ? undefined : part.text
      case 'image':
      case 'reasoning':
      case 'tool_call':
      case 'tool_result':
        return undefined
      case 'document':
        return this.#document(part, 'a document')
      case 'vendor':
        return this.#drop(part.at, `a part that only ${part.dialect} knows`)
      default:
        return this.#drop(part.at, `a part of type ${part.type}`)
    }
  }

  #document(part: DocumentPart, what: string): string | undefined {
    const text = documentText(part)
    if (text === undefined) return this.#drop(part.at, what, 'Ollama takes texts and images')
    if (part.citations === true) this.#drop(part.at, 'citations of a document')
    return introduced(part, text)
  }

  #image({ source, at }: ImagePart): string | undefined {
    if (source.kind === 'base64') return source.data
    return this.#drop(at, 'an image', source.kind === 'url' ? 'Ollama takes images only as bytes' : 'the id belongs to another vendor')
  }

  #call({ id, name, arguments: text, custom, at }: ToolCallPart): Call | undefined {
    this.#names.set(id, name)
    const args = custom === true ? undefined : argumentsObject(text)
    return args === undefined ? this.#drop(at, `a call of ${name}`, 'its arguments are no JSON object') : { id, name, args }
  }

  #result({ callId, name, content, isError }: ToolResultPart): void {
    const text = mapPresent(content, (part) => this.#resultText(part)).join(BETWEEN_TEXTS)
    const tool = name ?? this.#names.get(callId)
    this.messages.push({
      role: 'tool',
      content: isError === true ? failedResult(text) : text,
      ...(tool === undefined ? {} : { tool_name: tool }),
      tool_call_id: callId,
    })
  }

  #resultText(part: ToolResultPart['content'][number]): string | undefined {
    if (part.type === 'text') return part.text
    if (part.type === 'image') return this.#drop(part.at, "an image in a tool's result")
    return this.#document(part, "a document in a tool's result")
  }

  #drop(at: string, what: string, why?: string): undefined {
    this.#unsupported.push({ at, what, ...(why === undefined ? {} : { why }) })
  }
}

interface Call {
  id: string
  name: string
  args: JsonObject
}

/** A call as a message holds it, in requests and answers alike. */
export function callOf({ id, name, args }: Call, index: number): JsonObject {
  return { id, function: { index, name, arguments: args } }
}

/** What another vendor signed or hid is of no use to Ollama (M6). */
function thought(part: Part): string | undefined {
  const own = part.type === 'reasoning' && (part.origin === undefined || part.origin === 'ollama')
  return own && part.text !== '' ? part.text : undefined
}
