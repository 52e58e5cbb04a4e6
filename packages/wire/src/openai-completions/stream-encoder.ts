import type { Buckets } from '@faregate/core'
import type { Stop, StreamEvent } from '../canonical/answer.ts'
import type { AnswerFrame, StreamEncoder, StreamIds } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { answerId } from '../openai-chat/answer-id.ts'
import { finishMembers } from '../openai-chat/stop-reasons.ts'
import { usageMember } from '../openai-chat/usage-member.ts'
import { sseEvent } from '../sse/write.ts'
import { logprobsMember } from './logprobs.ts'

const DONE = 'data: [DONE]\n\n'

interface WrittenText {
  /** Characters so far. */
  length: number
  stop: Stop
}

/** Writes a stream of text completions: the text as it comes; ends, usage and `[DONE]` after the settle. */
export class CompletionStreamEncoder implements StreamEncoder {
  readonly #frame: AnswerFrame
  readonly #texts = new Map<number, WrittenText>()
  #id: string | undefined

  constructor(frame: AnswerFrame) {
    this.#frame = frame
  }

  get ids(): StreamIds {
    const { created, model, requestId } = this.#frame
    this.#id ??= answerId('cmpl-', undefined, requestId)
    return { id: this.#id, created, model }
  }

  encode(events: StreamEvent[]): Buffer {
    return Buffer.from(events.map((event) => this.#encode(event)).join(''))
  }

  end(buckets: Buckets): Buffer {
    if (this.#texts.size === 0) this.#text(0)
    const finishes = [...this.#texts]
      .toSorted(([a], [b]) => a - b)
      .map(([index, { stop }]) => this.#chunk([{ text: '', index, logprobs: null, ...finishMembers(stop, false) }]))
    const usage = this.#frame.includeUsage ? this.#chunk([], usageMember(buckets)) : ''
    return Buffer.from(`${finishes.join('')}${usage}${DONE}`)
  }

  #encode(event: StreamEvent): string {
    if (event.type === 'start') this.#id ??= answerId('cmpl-', event.id, this.#frame.requestId)
    if (event.type === 'finish') this.#text(event.choice).stop = event.stop
    return event.type === 'text' || event.type === 'refusal' ? this.#piece(event) : ''
  }

  #piece(event: Extract<StreamEvent, { type: 'text' | 'refusal' }>): string {
    const { choice: index, text } = event
    if (text === '') return ''
    const written = this.#text(index)
    const logprobs = logprobsMember(event.type === 'text' ? event.logprobs : undefined, written.length)
    written.length += text.length
    return this.#chunk([{ text, index, logprobs, finish_reason: null }])
  }

  #text(index: number): WrittenText {
    let text = this.#texts.get(index)
    if (text === undefined) this.#texts.set(index, (text = { length: 0, stop: { reason: 'stop' } }))
    return text
  }

  #chunk(choices: JsonObject[], usage: JsonObject | null = null): string {
    const { id, created, model } = this.ids
    const chunk = { id, object: 'text_completion', created, choices, model }
    return sseEvent(this.#frame.includeUsage ? { ...chunk, usage } : chunk)
  }
}
