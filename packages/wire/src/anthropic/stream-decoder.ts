import type { StreamEvent } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import { errorMessage } from '../canonical/vendor-errors.ts'
import type { StreamDecoder } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { partsOf } from './answer.ts'
import { decodeCitation } from './citations.ts'
import { argumentsOf } from './decode-parts.ts'
import { unmarkedSignature } from './signatures.ts'
import { refusalText, stopOf } from './stop-reasons.ts'
import { mergeUsage, readUsage } from './usage.ts'

/** A tool call whose arguments are on their way. */
interface RunningCall {
  call: number
  /** What its block began with: all of it, where no fragment follows. */
  input: unknown
  /** A fragment has come. */
  begun: boolean
}

/**
 * Reads the events of a message (guide "Streaming Messages"): start, per block start, deltas and stop, then what ended it,
 * usage, and stop. Keeps no text: of each running tool call its number, of usage the last counts.
 */
export class MessageStreamDecoder implements StreamDecoder {
  readonly #calls = new Map<unknown, RunningCall>()
  #nextCall = 0
  #usage: JsonObject = {}

  decode({ data, event }: RawEvent): StreamEvent[] {
    if (data === undefined) return []
    const value = parseObject(data)
    if (value === undefined) return event === 'error' ? [{ type: 'error', message: errorMessage(data), raw: data }] : []
    switch (value['type'] ?? event) {
      case 'message_start':
        return isObject(value['message']) ? this.#start(value['message']) : []
      case 'content_block_start':
        return isObject(value['content_block']) ? this.#blockStart(value['index'], value['content_block']) : []
      case 'content_block_delta':
        return isObject(value['delta']) ? this.#delta(value['index'], value['delta']) : []
      case 'content_block_stop':
        return this.#blockStop(value['index'])
      case 'message_delta':
        return [...this.#finish(value['delta']), ...this.#usageOf(value['usage'])]
      case 'message_stop':
        return [{ type: 'done' }]
      case 'error':
        return [{ type: 'error', message: errorMessage(value), raw: value['error'] ?? value }]
      default:
        return []
    }
  }

  /** A message can begin with content, where code that runs at the vendor calls the tools. */
  #start(message: JsonObject): StreamEvent[] {
    this.#calls.clear()
    const { id, model, content } = message
    const start: StreamEvent = {
      type: 'start',
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof model === 'string' ? { model } : {}),
    }
    const parts = Array.isArray(content) ? partsOf(content) : []
    return [start, ...parts.flatMap((part) => this.#whole(part)), ...this.#finish(message), ...this.#usageOf(message['usage'])]
  }

  #blockStart(index: unknown, block: JsonObject): StreamEvent[] {
    const [part] = partsOf([block])
    if (part === undefined) return []
    if (part.type !== 'tool_call') return this.#whole(part)
    const call = this.#nextCall++
    this.#calls.set(index, { call, input: block['input'], begun: false })
    return [{ type: 'tool_call', choice: 0, call, id: part.id, name: part.name }]
  }

  /** What a block, or the beginning of one, says at once. */
  #whole(part: Part): StreamEvent[] {
    switch (part.type) {
      case 'text': {
        const citations = part.citations?.map((citation): StreamEvent => ({ type: 'citation', choice: 0, citation })) ?? []
        return part.text === '' ? citations : [{ type: 'text', choice: 0, text: part.text }, ...citations]
      }
      case 'reasoning':
        return reasoningEvents(part)
      case 'tool_call': {
        const call = this.#nextCall++
        return [
          { type: 'tool_call', choice: 0, call, id: part.id, name: part.name },
          { type: 'tool_arguments', choice: 0, call, text: part.arguments },
        ]
      }
      default:
        return [{ type: 'part', choice: 0, part }]
    }
  }

  #delta(index: unknown, delta: JsonObject): StreamEvent[] {
    const { text, thinking, signature, partial_json: fragment } = delta
    switch (delta['type']) {
      case 'text_delta':
        return typeof text === 'string' && text !== '' ? [{ type: 'text', choice: 0, text }] : []
      case 'thinking_delta':
        return typeof thinking === 'string' && thinking !== '' ? [{ type: 'reasoning', choice: 0, text: thinking }] : []
      case 'signature_delta':
        return typeof signature === 'string' ? [{ type: 'reasoning_signature', choice: 0, ...unmarkedSignature(signature) }] : []
      case 'input_json_delta':
        return typeof fragment === 'string' ? this.#fragment(index, fragment) : []
      case 'citations_delta': {
        const citation = decodeCitation(delta['citation'])
        return citation === undefined ? [] : [{ type: 'citation', choice: 0, citation }]
      }
      default:
        return []
    }
  }

  /** Fragments of the vendor's own tools are nothing that another dialect could show. */
  #fragment(index: unknown, text: string): StreamEvent[] {
    const running = this.#calls.get(index)
    if (running === undefined || text === '') return []
    running.begun = true
    return [{ type: 'tool_arguments', choice: 0, call: running.call, text }]
  }

  /** Arguments that came with the start, or none at all, are told once nothing else can follow (T2). */
  #blockStop(index: unknown): StreamEvent[] {
    const running = this.#calls.get(index)
    this.#calls.delete(index)
    if (running === undefined || running.begun) return []
    return [{ type: 'tool_arguments', choice: 0, call: running.call, text: argumentsOf(running.input) }]
  }

  #finish(message: unknown): StreamEvent[] {
    const stop = isObject(message) ? stopOf(message) : undefined
    if (stop === undefined || !isObject(message)) return []
    const refusal = refusalText(message)
    return [...(refusal === '' ? [] : [{ type: 'refusal' as const, choice: 0, text: refusal }]), { type: 'finish', choice: 0, stop }]
  }

  #usageOf(usage: unknown): StreamEvent[] {
    if (!isObject(usage)) return []
    this.#usage = mergeUsage(this.#usage, usage)
    return [{ type: 'usage', usage: readUsage(this.#usage) }]
  }
}

function reasoningEvents({ text, redacted, signature, origin }: Extract<Part, { type: 'reasoning' }>): StreamEvent[] {
  const whose = origin === undefined ? {} : { origin }
  if (redacted !== undefined) return [{ type: 'redacted_reasoning', choice: 0, data: redacted, ...whose }]
  return [
    ...(text === '' ? [] : [{ type: 'reasoning' as const, choice: 0, text }]),
    ...(signature === undefined ? [] : [{ type: 'reasoning_signature' as const, choice: 0, signature, ...whose }]),
  ]
}
