import type { Buckets } from '@faregate/core'
import type { Stop, StreamEvent, TokenLogprob } from '../canonical/answer.ts'
import type { Citation } from '../canonical/conversation.ts'
import { KeptText } from '../canonical/kept-text.ts'
import type { AnswerFrame, StreamEncoder, StreamIds } from '../dialect.ts'
import { parseObject, type JsonObject } from '../json/object.ts'
import { geminiCall, geminiPart, showsThoughts } from './answer-parts.ts'
import { groundingOf } from './citations.ts'
import { envelopeOf, MALFORMED_CALL, NOTHING_SAID } from './encode-answer.ts'
import { logprobsResultOf } from './logprobs.ts'
import { finishReasonOf } from './stop-reasons.ts'

/** How chunks are framed: as events, or as elements of one array. */
export interface ChunkFrame {
  chunk(value: JsonObject, first: boolean): string
  /** After the last one. */
  last: string
}

interface PendingCall {
  id: string
  name: string
  arguments: KeptText
  signature: string | undefined
}

interface ChoiceState {
  /** Calls whose arguments are still coming, in order of their beginning. */
  calls: Map<number, PendingCall>
  broken: boolean
  stop: Stop | undefined
}

/** Arguments of calls are objects to Gemini's clients, so they are collected; more than this of them ends the stream in error. */
const MOST_ARGUMENTS = 1024 * 1024

/**
 * Writes a stream for a caller of `streamGenerateContent`. A chunk for every event that shows something; the finish reasons
 * come last, in one chunk with usage: it is the end.
 */
export class GeminiStreamEncoder implements StreamEncoder {
  /** The id is there as soon as something was written. */
  ids: StreamIds
  readonly #frame: AnswerFrame
  readonly #framing: ChunkFrame
  readonly #thoughts: boolean
  readonly #choices = new Map<number, ChoiceState>()
  #pending = 0

  constructor(frame: AnswerFrame, framing: ChunkFrame) {
    this.#frame = frame
    this.#framing = framing
    this.#thoughts = showsThoughts(frame.conversation)
    this.ids = { model: frame.model }
  }

  encode(events: StreamEvent[]): Buffer {
    return Buffer.from(events.map((event) => this.#event(event)).join(''))
  }

  end(buckets: Buckets): Buffer {
    if (this.#choices.size === 0) this.#choice(0)
    const candidates = [...this.#choices].toSorted(([a], [b]) => a - b).map(([index, state]) => this.#ending(index, state))
    return Buffer.from(this.#written({ candidates, ...envelopeOf(this.#frame, buckets) }) + this.#framing.last)
  }

  #event(event: StreamEvent): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return this.#shown(
          event.choice,
          event.text === '' ? [] : [{ text: event.text }],
          event.type === 'text' ? extrasOf(event.logprobs) : {},
        )
      case 'reasoning':
        return this.#shown(event.choice, !this.#thoughts || event.text === '' ? [] : [{ text: event.text, thought: true }])
      case 'part': {
        const part = geminiPart(event.part, this.#thoughts)
        return this.#shown(event.choice, part === undefined ? [] : [part])
      }
      case 'citation':
        return this.#shown(event.choice, [], groundingExtra(event.citation))
      case 'tool_call':
        this.#beginCall(event)
        return ''
      case 'tool_arguments':
        this.#addArguments(event)
        return ''
      case 'finish':
        this.#choice(event.choice).stop = event.stop
        return this.#shown(event.choice, this.#calls(this.#choice(event.choice)))
      case 'start':
      case 'reasoning_signature':
      case 'redacted_reasoning':
      case 'usage':
      case 'error':
      case 'done':
        return ''
    }
  }

  /** A chunk with calls that came before and are whole, and with these parts; nothing where there are none. */
  #shown(choice: number, parts: JsonObject[], extras: JsonObject = {}): string {
    const all = [...this.#calls(this.#choice(choice), isWhole), ...parts]
    if (all.length === 0 && Object.keys(extras).length === 0) return ''
    const content = { parts: all.length === 0 ? [NOTHING_SAID] : all, role: 'model' }
    return this.#written({ candidates: [{ content, index: choice, ...extras }], ...envelopeOf(this.#frame) })
  }

  #written(chunk: JsonObject): string {
    const first = this.ids.id === undefined
    if (first) this.ids = { ...this.ids, id: this.#frame.requestId, created: this.#frame.created }
    return this.#framing.chunk(chunk, first)
  }

  #choice(index: number): ChoiceState {
    const state = this.#choices.get(index) ?? { calls: new Map<number, PendingCall>(), broken: false, stop: undefined }
    this.#choices.set(index, state)
    return state
  }

  #beginCall({ choice, call, id, name, signature }: Extract<StreamEvent, { type: 'tool_call' }>): void {
    this.#choice(choice).calls.set(call, { id, name, arguments: new KeptText(), signature })
  }

  #addArguments({ choice, call, text }: Extract<StreamEvent, { type: 'tool_arguments' }>): void {
    const pending = this.#choice(choice).calls.get(call)
    if (pending === undefined) return
    this.#pending += text.length
    if (this.#pending > MOST_ARGUMENTS) throw new RangeError(`the arguments of tool calls are larger than ${MOST_ARGUMENTS} characters`)
    pending.arguments.add(text)
  }

  /** The calls that are taken as they are now, in order; of one that is broken it is only noted that it was. */
  #calls(state: ChoiceState, taken: (call: PendingCall) => boolean = () => true): JsonObject[] {
    return [...state.calls].flatMap(([index, call]) => {
      if (!taken(call)) return []
      state.calls.delete(index)
      this.#pending -= call.arguments.characters
      const part = geminiCall(call.id, call.name, call.arguments.toString(), call.signature)
      if (part === undefined) state.broken = true
      return part === undefined ? [] : [part]
    })
  }

  #ending(index: number, state: ChoiceState): JsonObject {
    const calls = this.#calls(state)
    const finishReason = state.broken ? MALFORMED_CALL : finishReasonOf(state.stop ?? { reason: 'stop' })
    return { content: { parts: calls.length === 0 ? [NOTHING_SAID] : calls, role: 'model' }, finishReason, index }
  }
}

/** Nothing can follow an object that is closed. */
function isWhole({ arguments: text }: PendingCall): boolean {
  return parseObject(text.toString()) !== undefined
}

function extrasOf(logprobs: TokenLogprob[] | undefined): JsonObject {
  return logprobs === undefined ? {} : { logprobsResult: logprobsResultOf(logprobs) }
}

function groundingExtra(citation: Citation): JsonObject {
  const groundingMetadata = groundingOf([{ citation }])
  return groundingMetadata === undefined ? {} : { groundingMetadata }
}
