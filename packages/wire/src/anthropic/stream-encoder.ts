import type { Buckets } from '@faregate/core'
import type { Stop, StreamEvent } from '../canonical/answer.ts'
import type { AnswerFrame, StreamEncoder, StreamIds } from '../dialect.ts'
import { INPUT_BUCKETS } from '../canonical/usage.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { sseEvent } from '../sse/write.ts'
import { callId, messageId } from './answer.ts'
import { encodeCitation } from './citations.ts'
import { markedSignature } from './signatures.ts'
import { stopMembers } from './stop-reasons.ts'
import { ToolBlocks, type ToolWrite } from './tool-blocks.ts'
import { writeUsage } from './usage.ts'

type BlockKind = 'text' | 'thinking' | 'tool'

/**
 * Writes a message as a stream (guide "Streaming Messages"; S3): the start once, blocks one after the other, each opened by
 * its first content, then what ended the message with its usage, and the end. Callers of this dialect have one choice.
 */
export class MessageStreamEncoder implements StreamEncoder {
  ids: StreamIds = {}
  readonly #frame: AnswerFrame
  readonly #tools = new ToolBlocks()
  #input: Buckets = {}
  #started = false
  #open: BlockKind | undefined
  #blocks = 0
  #toolCalls = false
  #refusal = false
  #stop: Stop = { reason: 'stop' }

  constructor(frame: AnswerFrame) {
    this.#frame = frame
  }

  encode(events: StreamEvent[]): Buffer {
    if (!this.#started) this.#input = inputIn(events)
    return Buffer.from(events.map((event) => this.#write(event)).join(''))
  }

  end(buckets: Buckets): Buffer {
    const closed = this.#start(undefined) + this.#close()
    const delta = stopMembers(this.#stop, { toolCalls: this.#toolCalls, refusal: this.#refusal })
    return Buffer.from(closed + named({ type: 'message_delta', delta, usage: writeUsage(buckets) }) + named({ type: 'message_stop' }))
  }

  #write(event: StreamEvent): string {
    if (event.type === 'start') return this.#start(event.id)
    if (!('choice' in event) || event.choice !== 0) return ''
    if (event.type === 'finish') {
      this.#stop = event.stop
      return ''
    }
    const content = this.#content(event)
    return content === '' ? '' : this.#start(undefined) + content
  }

  #content(event: Exclude<Extract<StreamEvent, { choice: number }>, { type: 'finish' }>): string {
    switch (event.type) {
      case 'refusal':
        this.#refusal ||= event.text !== ''
        return this.#text(event.text)
      case 'text':
        return this.#text(event.text)
      case 'reasoning':
        if (event.text === '') return ''
        return this.#ensure('thinking', THINKING) + this.#delta({ type: 'thinking_delta', thinking: event.text })
      case 'reasoning_signature': {
        const signature = markedSignature(event.signature, event.origin)
        return this.#ensure('thinking', THINKING) + this.#delta({ type: 'signature_delta', signature }) + this.#close()
      }
      case 'redacted_reasoning':
        return this.#whole({ type: 'redacted_thinking', data: markedSignature(event.data, event.origin) })
      case 'citation': {
        const citation = encodeCitation(event.citation)
        return citation === undefined || this.#open !== 'text' ? '' : this.#delta({ type: 'citations_delta', citation })
      }
      case 'tool_call':
        this.#toolCalls = true
        return this.#tool(this.#tools.begin({ call: event.call, id: callId(event.id, event.signature), name: event.name, text: '' }))
      case 'tool_arguments':
        return this.#tool(this.#tools.add(event.call, event.text))
      case 'part':
        return event.part.type === 'vendor' && event.part.dialect === 'anthropic' && isObject(event.part.value)
          ? this.#whole(event.part.value)
          : ''
      default:
        return ''
    }
  }

  /** Of usage the prompt's is told where the vendor told it at once; what ends the message tells it all, and truly. */
  #start(id: string | undefined): string {
    if (this.#started) return ''
    this.#started = true
    const { model, created } = this.#frame
    this.ids = { id: messageId(id, this.#frame), model, created }
    const usage = writeUsage(this.#input)
    const ending = { stop_reason: null, stop_sequence: null, stop_details: null }
    return named({
      type: 'message_start',
      message: { model, id: this.ids.id, type: 'message', role: 'assistant', content: [], ...ending, usage },
    })
  }

  #text(text: string): string {
    return text === '' ? '' : this.#ensure('text', { type: 'text', text: '' }) + this.#delta({ type: 'text_delta', text })
  }

  #tool(writes: ToolWrite[]): string {
    return writes.map((write) => ('open' in write ? this.#openTool(write.open) : this.#fragment(write.text))).join('')
  }

  #openTool({ id, name }: { id: string; name: string }): string {
    return (this.#open === 'tool' ? this.#stopBlock() : this.#close()) + this.#begin('tool', { type: 'tool_use', id, name, input: {} })
  }

  #fragment(text: string): string {
    return text === '' ? '' : this.#delta({ type: 'input_json_delta', partial_json: text })
  }

  #ensure(kind: BlockKind, block: JsonObject): string {
    return this.#open === kind ? '' : this.#close() + this.#begin(kind, block)
  }

  /** A block that comes in one piece. */
  #whole(block: JsonObject): string {
    return this.#close() + this.#begin('text', block) + this.#stopBlock()
  }

  #begin(kind: BlockKind, block: JsonObject): string {
    this.#open = kind
    return named({ type: 'content_block_start', index: this.#blocks++, content_block: block })
  }

  #delta(delta: JsonObject): string {
    return named({ type: 'content_block_delta', index: this.#blocks - 1, delta })
  }

  /** Ends the block that is open, after the calls that waited for their turn. */
  #close(): string {
    const waiting = this.#open === 'tool' ? this.#tool(this.#tools.flush()) : ''
    return waiting + this.#stopBlock()
  }

  #stopBlock(): string {
    if (this.#open === undefined) return ''
    this.#open = undefined
    return named({ type: 'content_block_stop', index: this.#blocks - 1 })
  }
}

/** What the vendor says that it read; nothing where it does not say so yet. */
function inputIn(events: StreamEvent[]): Buckets {
  const told = events.find((event) => event.type === 'usage')?.usage
  if (told?.ok !== true) return {}
  return Object.fromEntries(Object.entries(told.buckets).filter(([bucket]) => INPUT_BUCKETS.some((name) => name === bucket)))
}

const THINKING: JsonObject = { type: 'thinking', thinking: '', signature: '' }

/** Every event of this dialect is named by its type. */
function named(event: { type: string; [member: string]: unknown }): string {
  return sseEvent(event, event.type)
}
