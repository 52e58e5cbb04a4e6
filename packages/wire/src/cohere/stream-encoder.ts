import type { Buckets } from '@faregate/core'
import type { Stop, StreamEvent, TokenLogprob } from '../canonical/answer.ts'
import type { Citation } from '../canonical/conversation.ts'
import { withSignature } from '../canonical/tool-ids.ts'
import type { AnswerFrame, StreamEncoder, StreamIds } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { sseEvent } from '../sse/write.ts'
import { encodeCitation } from './citations.ts'
import { idOf } from './encode-answer.ts'
import { logprobItem } from './logprobs.ts'
import { finishReasonOf } from './stop-reasons.ts'
import { usageOf } from './usage.ts'

type Block = { kind: 'text' | 'thinking'; index: number } | { kind: 'call'; index: number }

/** Writes a streamed chat (guide: Streaming): blocks one after the other, `message-end` and `[DONE]` once. */
export class CohereStreamEncoder implements StreamEncoder {
  ids: StreamIds = {}
  readonly #frame: AnswerFrame
  #out = ''
  #open: Block | undefined
  #blocks = 0
  #citations = 0
  /** Characters of the open text, and up to where it is cited. */
  #length = 0
  #citedTo = 0
  #calls = 0
  #stop: Stop = { reason: 'stop' }

  constructor(frame: AnswerFrame) {
    this.#frame = frame
  }

  encode(events: StreamEvent[]): Buffer {
    for (const event of events) if (!('choice' in event) || event.choice === 0) this.#take(event)
    return this.#flush()
  }

  end(buckets: Buckets): Buffer {
    this.#start(undefined)
    this.#close()
    const { reason } = this.#stop
    const finish = finishReasonOf(reason === 'stop' && this.#calls > 0 ? { reason: 'tool_calls' } : this.#stop)
    this.#write('message-end', { delta: { finish_reason: finish, usage: usageOf(buckets) } })
    this.#out += 'data: [DONE]\n\n'
    return this.#flush()
  }

  #take(event: StreamEvent): void {
    switch (event.type) {
      case 'start':
        this.#start(event.id)
        break
      case 'text':
        this.#say('text', event.text, event.logprobs)
        break
      case 'refusal':
        this.#say('text', event.text)
        break
      case 'reasoning':
        this.#say('thinking', event.text)
        break
      case 'citation':
        this.#cite(event.citation)
        break
      case 'tool_call':
        this.#call(event)
        break
      case 'tool_arguments':
        if (event.text !== '') this.#delta('tool-call-delta', event.call, { tool_calls: { function: { arguments: event.text } } })
        break
      case 'finish':
        this.#stop = event.stop
        break
      default:
    }
  }

  #start(id: string | undefined): void {
    if (this.ids.id !== undefined) return
    this.ids = { id: idOf(id, this.#frame.requestId), model: this.#frame.model, created: this.#frame.created }
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
    this.#out += sseEvent({ id: this.ids.id, type: 'message-start', delta: { message } }, 'message-start')
  }

  #say(kind: 'text' | 'thinking', text: string, logprobs?: TokenLogprob[]): void {
    if (text === '') return
    this.#start(undefined)
    if (this.#open?.kind !== kind) {
      this.#close()
      this.#open = { kind, index: this.#blocks++ }
      this.#length = 0
      this.#citedTo = 0
      this.#delta('content-start', this.#open.index, { content: { type: kind, [kind]: '' } })
    }
    this.#length += text.length
    const more = logprobs === undefined ? {} : { logprobs: logprobItem(logprobs) }
    this.#delta('content-delta', this.#open.index, { content: { [kind]: text } }, more)
  }

  /** A citation that tells no place is for what was said since the last. */
  #cite(citation: Citation): void {
    if (this.#open?.kind !== 'text') return
    const { start = Math.min(this.#citedTo, this.#length), end = this.#length } = citation
    this.#citedTo = end
    const index = this.#citations++
    const value = encodeCitation(citation, { start, end }, this.#frame.conversation.turns)
    const block = this.#open.index === 0 ? {} : { content_index: this.#open.index }
    this.#delta('citation-start', index, { citations: { ...value, ...block } })
    this.#write('citation-end', { index })
  }

  #call({ call, id, name, signature }: Extract<StreamEvent, { type: 'tool_call' }>): void {
    this.#start(undefined)
    this.#close()
    this.#open = { kind: 'call', index: call }
    this.#calls++
    const value = { id: withSignature(id, signature), type: 'function', function: { name, arguments: '' } }
    this.#delta('tool-call-start', call, { tool_calls: value })
  }

  #close(): void {
    if (this.#open !== undefined) this.#write(this.#open.kind === 'call' ? 'tool-call-end' : 'content-end', { index: this.#open.index })
    this.#open = undefined
  }

  #delta(type: string, index: number, message: JsonObject, more: JsonObject = {}): void {
    this.#write(type, { index, delta: { message }, ...more })
  }

  #write(type: string, members: JsonObject): void {
    this.#out += sseEvent({ type, ...members }, type)
  }

  #flush(): Buffer {
    const out = Buffer.from(this.#out)
    this.#out = ''
    return out
  }
}
