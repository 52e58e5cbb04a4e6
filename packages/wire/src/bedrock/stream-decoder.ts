import type { StreamEvent } from '../canonical/answer.ts'
import type { Citation } from '../canonical/conversation.ts'
import type { StreamDecoder } from '../dialect.ts'
import type { RawEvent } from '../sse/split.ts'
import { isObject, parseObject, stringOf, type JsonObject } from '../json/object.ts'
import { isServerTool } from './answer.ts'
import { citationOf } from './citations.ts'
import { streamError } from './stream-error.ts'
import { stopOf } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/** A content block that has begun and not ended: only what cannot be said before its end. */
interface Block {
  call?: { number: number; hasArguments: boolean }
  /** They come before the text that they belong to, and are told after it. */
  citations: Citation[]
  /** Thought that is not shown may come in pieces, of which none means anything by itself. */
  redacted: string
  size: number
}

/**
 * Reads the events of ConverseStream: `messageStart`, per block `contentBlockStart` (tools alone), `contentBlockDelta`s and
 * `contentBlockStop`, then `messageStop` and `metadata`; or an exception at any time. No event says that it is the last.
 */
export class BedrockStreamDecoder implements StreamDecoder {
  readonly #blocks = new Map<unknown, Block>()
  #calls = 0

  decode({ event, data }: RawEvent): StreamEvent[] {
    if (data === undefined) return []
    const body = parseObject(data)
    const error = streamError(event, body, data)
    if (error !== undefined) return [error]
    if (body === undefined) return []
    switch (event) {
      case 'messageStart':
        return [{ type: 'start' }]
      case 'contentBlockStart':
        return this.#begin(body)
      case 'contentBlockDelta':
        return this.#delta(body)
      case 'contentBlockStop':
        return this.#close(body['contentBlockIndex'])
      case 'messageStop':
        return this.#finish(body)
      case 'metadata':
        return body['usage'] == null ? [] : [{ type: 'usage', usage: readUsage(body['usage']) }]
      default:
        return []
    }
  }

  #begin({ contentBlockIndex, start }: JsonObject): StreamEvent[] {
    const toolUse = isObject(start) ? start['toolUse'] : undefined
    if (!isObject(toolUse) || isServerTool(toolUse)) return []
    const call = this.#calls++
    this.#block(contentBlockIndex).call = { number: call, hasArguments: false }
    const { toolUseId, name } = toolUse
    return [
      {
        type: 'tool_call',
        choice: 0,
        call,
        id: stringOf(toolUseId),
        name: stringOf(name),
      },
    ]
  }

  #block(index: unknown): Block {
    let block = this.#blocks.get(index)
    if (block === undefined) {
      block = { citations: [], redacted: '', size: 0 }
      this.#blocks.set(index, block)
    }
    return block
  }

  #delta({ contentBlockIndex, delta }: JsonObject): StreamEvent[] {
    if (!isObject(delta)) return []
    const { text, toolUse, reasoningContent, citation } = delta
    if (typeof text === 'string') return text === '' ? [] : [{ type: 'text', choice: 0, text }]
    if (isObject(toolUse)) return this.#arguments(contentBlockIndex, toolUse['input'])
    if (isObject(reasoningContent)) return this.#thought(contentBlockIndex, reasoningContent)
    if (isObject(citation)) this.#keep(contentBlockIndex, citation)
    return []
  }

  /** Arguments come as text; a model that sends the object itself is understood, too (T2). */
  #arguments(index: unknown, input: unknown): StreamEvent[] {
    const call = this.#blocks.get(index)?.call
    const text = typeof input === 'string' ? input : isObject(input) ? JSON.stringify(input) : ''
    if (call === undefined || text === '') return []
    call.hasArguments = true
    return [{ type: 'tool_arguments', choice: 0, call: call.number, text }]
  }

  #thought(index: unknown, { text, signature, redactedContent }: JsonObject): StreamEvent[] {
    if (typeof text === 'string') return text === '' ? [] : [{ type: 'reasoning', choice: 0, text }]
    if (typeof signature === 'string') return [{ type: 'reasoning_signature', choice: 0, signature, origin: 'bedrock' }]
    if (typeof redactedContent === 'string') {
      const block = this.#block(index)
      if (grow(block, redactedContent.length)) block.redacted += redactedContent
    }
    return []
  }

  #keep(index: unknown, citation: JsonObject): void {
    const block = this.#block(index)
    const kept = citationOf(citation)
    if (grow(block, JSON.stringify(citation).length)) block.citations.push(kept)
  }

  /** What a block leaves for its end; arguments that never came are none (T2). */
  #close(index: unknown): StreamEvent[] {
    const block = this.#blocks.get(index)
    if (block === undefined) return []
    this.#blocks.delete(index)
    const { call, citations, redacted } = block
    const events: StreamEvent[] = citations.map((citation) => ({ type: 'citation', choice: 0, citation }))
    if (call?.hasArguments === false) events.push({ type: 'tool_arguments', choice: 0, call: call.number, text: '{}' })
    if (redacted !== '') events.push({ type: 'redacted_reasoning', choice: 0, data: redacted, origin: 'bedrock' })
    return events
  }

  /** Blocks that did not say their end have come to it as well. */
  #finish(body: JsonObject): StreamEvent[] {
    const left = [...this.#blocks.keys()].flatMap((index) => this.#close(index))
    return [...left, { type: 'finish', choice: 0, stop: stopOf(body, this.#calls > 0) }]
  }
}

/** Characters. */
const MOST_KEPT = 1024 * 1024

/** Whether so much more may be kept for a block. */
function grow(block: Block, size: number): boolean {
  block.size += size
  return block.size <= MOST_KEPT
}
