import type { StreamEvent, TokenLogprob } from '../canonical/answer.ts'
import type { Citation, Part } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { readAnnotations } from './citations.ts'
import { imagesOf, piecesOf } from './content.ts'
import { readLogprobs } from './logprobs.ts'
import { reasoningParts } from './reasoning-details.ts'
import { stopOf } from './stop-reasons.ts'
import { StreamCalls } from './stream-calls.ts'

/** The calls of older models have neither id nor index. */
const OLDER_CALL = -1

/** What waits for text that does not come is not kept for ever. */
const MOST_WAITING = 1_000

/** One choice of a stream: what each of its deltas says. */
export class StreamChoice {
  readonly #number: number
  readonly #calls: StreamCalls
  /** Of tokens whose text has not come yet: some bytes of a character have no text of their own. */
  #logprobs: TokenLogprob[] = []
  /** Of an answer whose text has not begun. */
  #citations: Citation[] = []
  #hasText = false
  #finished = false

  constructor(number: number) {
    this.#number = number
    this.#calls = new StreamCalls(number)
  }

  /** `stream`: the id of the answer. `sources`: what the answer as a whole cites, as far as it is new. */
  read(choice: JsonObject, stream: string, sources: Citation[]): StreamEvent[] {
    const { delta, logprobs } = choice
    this.#logprobs = [...this.#logprobs, ...(readLogprobs(logprobs) ?? [])].slice(-MOST_WAITING)
    const events = isObject(delta) ? this.#delta(delta, stream) : this.#texts(choice['text'])
    const annotations = readAnnotations(isObject(delta) ? delta['annotations'] : undefined)
    this.#citations = [...this.#citations, ...annotations, ...sources].slice(-MOST_WAITING)
    return [...events, ...this.#cite(), ...this.#finish(choice)]
  }

  /** Reasoning before content, wherever they stand: that is how it was made (S4). */
  #delta(delta: JsonObject, stream: string): StreamEvent[] {
    const choice = this.#number
    const { refusal, audio } = delta
    const events = [...this.#reasoning(delta), ...this.#texts(delta['content'])]
    if (typeof refusal === 'string' && refusal !== '') events.push({ type: 'refusal', choice, text: refusal })
    if (Array.isArray(delta['tool_calls'])) {
      for (const entry of delta['tool_calls']) if (isObject(entry)) events.push(...this.#calls.read(entry, stream))
    }
    const older = delta['function_call']
    if (isObject(older)) events.push(...this.#calls.read({ index: OLDER_CALL, function: older }, stream))
    if (isObject(audio)) events.push(...this.#audio(audio))
    return [...events, ...imagesOf(delta['images']).map((part) => this.#part(part))]
  }

  #reasoning(delta: JsonObject): StreamEvent[] {
    const choice = this.#number
    return reasoningParts(delta, '', 'openai-chat').flatMap(({ text, signature, redacted, origin = 'openai-chat' }): StreamEvent[] => [
      ...(text === '' ? [] : [{ type: 'reasoning' as const, choice, text }]),
      ...(redacted === undefined ? [] : [{ type: 'redacted_reasoning' as const, choice, data: redacted, origin }]),
      ...(signature === undefined ? [] : [{ type: 'reasoning_signature' as const, choice, signature, origin }]),
    ])
  }

  #texts(content: unknown): StreamEvent[] {
    return piecesOf(content).map((piece) => {
      if (piece.type === 'image') return this.#part(piece)
      if (piece.type === 'reasoning') return { type: 'reasoning', choice: this.#number, text: piece.text }
      return this.#text(piece.text)
    })
  }

  #text(text: string): StreamEvent {
    this.#hasText = true
    const logprobs = this.#logprobs.splice(0)
    return { type: 'text', choice: this.#number, text, ...(logprobs.length === 0 ? {} : { logprobs }) }
  }

  /** Streamed audio is bare samples, and what is said in it comes as text beside. */
  #audio({ data, transcript }: JsonObject): StreamEvent[] {
    const events: StreamEvent[] = []
    if (typeof transcript === 'string' && transcript !== '') events.push(this.#text(transcript))
    if (typeof data === 'string' && data !== '') {
      events.push(this.#part({ type: 'audio', source: { kind: 'base64', mediaType: 'audio/pcm', data }, at: '' }))
    }
    return events
  }

  #part(part: Part): StreamEvent {
    return { type: 'part', choice: this.#number, part }
  }

  /** Citations wait for the text that they are for. */
  #cite(): StreamEvent[] {
    if (!this.#hasText) return []
    return this.#citations.splice(0).map((citation) => ({ type: 'citation', choice: this.#number, citation }))
  }

  #finish({ finish_reason: reason, stop_reason: sequence }: JsonObject): StreamEvent[] {
    if (typeof reason !== 'string' || reason === '' || reason === 'error' || this.#finished) return []
    this.#finished = true
    return [...this.#calls.end(), { type: 'finish', choice: this.#number, stop: stopOf(reason, this.#calls.any, sequence) }]
  }
}
