import type { Buckets } from '@faregate/core'
import type { StreamEvent, TokenLogprob } from '../canonical/answer.ts'
import type { AnswerFrame, StreamEncoder, StreamIds } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { sseEvent } from '../sse/write.ts'
import { answerId } from './answer-id.ts'
import { styleOf, type CallerStyle } from './caller-style.ts'
import { logprobsMember } from './logprobs.ts'
import { finishMembers } from './stop-reasons.ts'
import { WrittenChoice } from './written-choice.ts'
import { usageMember } from './usage-member.ts'

const DONE = 'data: [DONE]\n\n'

/**
 * Writes a stream of chat completion chunks (OpenAI API reference, "The chat completion chunk object"). The first delta
 * of a choice has the role. How choices ended is told at the end, after the settle, before usage and `[DONE]`: until
 * then the answer does not look complete.
 */
export class ChatStreamEncoder implements StreamEncoder {
  readonly #frame: AnswerFrame
  readonly #style: CallerStyle
  readonly #choices = new Map<number, WrittenChoice>()
  #id: string | undefined

  constructor(frame: AnswerFrame) {
    this.#frame = frame
    this.#style = styleOf(frame.conversation)
  }

  get ids(): StreamIds {
    const { created, model, requestId } = this.#frame
    this.#id ??= answerId('chatcmpl-', undefined, requestId)
    return { id: this.#id, created, model }
  }

  encode(events: StreamEvent[]): Buffer {
    return Buffer.from(events.map((event) => this.#encode(event)).join(''))
  }

  end(buckets: Buckets): Buffer {
    if (this.#choices.size === 0) this.#choice(0)
    const finishes = [...this.#choices].toSorted(([a], [b]) => a - b).map(([index, choice]) => this.#finish(index, choice))
    const usage = this.#frame.includeUsage ? this.#chunk([], usageMember(buckets)) : ''
    return Buffer.from(`${finishes.join('')}${usage}${DONE}`)
  }

  #encode(event: StreamEvent): string {
    if (event.type === 'start') {
      this.#id ??= answerId('chatcmpl-', event.id, this.#frame.requestId)
      return ''
    }
    if (!('choice' in event)) return ''
    const choice = this.#choice(event.choice)
    if (event.type === 'finish') {
      choice.stop = event.stop
      return ''
    }
    const delta = choice.delta(event)
    return delta === undefined ? '' : this.#delta(event.choice, choice, delta, event.type === 'text' ? event.logprobs : undefined)
  }

  /** A chunk of one choice. */
  #delta(index: number, choice: WrittenChoice, delta: JsonObject, logprobs?: TokenLogprob[]): string {
    return this.#chunk([{ index, delta: choice.withRole(delta), logprobs: logprobsMember(logprobs), finish_reason: null }])
  }

  #finish(index: number, choice: WrittenChoice): string {
    const last = choice.unsaid().map((delta) => this.#delta(index, choice, delta))
    const finish = { index, delta: {}, logprobs: null, ...finishMembers(choice.stop, this.#style.legacy) }
    return `${last.join('')}${this.#chunk([finish])}`
  }

  #choice(index: number): WrittenChoice {
    let choice = this.#choices.get(index)
    if (choice === undefined) this.#choices.set(index, (choice = new WrittenChoice(this.#style)))
    return choice
  }

  /** Callers who asked for usage find the member in every chunk, null but in the last. */
  #chunk(choices: JsonObject[], usage: JsonObject | null = null): string {
    const { id, created, model } = this.ids
    const chunk = { id, object: 'chat.completion.chunk', created, model, choices }
    return sseEvent(this.#frame.includeUsage ? { ...chunk, usage } : chunk)
  }
}
