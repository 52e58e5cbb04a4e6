import type { TokenLogprob } from '../canonical/answer.ts'
import type { Citation } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { about, itemEvent, type Block, type Emit, type ItemStatus, type Place } from './block.ts'
import { annotationOf } from './citations.ts'
import { KeptText } from '../canonical/kept-text.ts'
import { writeLogprobs } from './logprobs.ts'

/** A content part that is being made. */
interface Running {
  type: 'output_text' | 'refusal'
  text: KeptText
  annotations: JsonObject[]
  logprobs: JsonObject[]
}

/** A message of the assistant: parts of text and refusals, one after the other. */
export class MessageBlock implements Block {
  readonly #place: Place
  readonly #emit: Emit
  readonly #parts: JsonObject[] = []
  #running: Running | undefined
  #size = 0

  constructor(place: Place, emit: Emit) {
    this.#place = place
    this.#emit = emit
    emit(itemEvent('added', place, this.#item('in_progress')))
  }

  get size(): number {
    return this.#size
  }

  text(text: string, logprobs: readonly TokenLogprob[]): void {
    const part = this.#part('output_text')
    const written = writeLogprobs(logprobs)
    this.#keep(part, text, written)
    this.#emit({ type: 'response.output_text.delta', ...this.#at(), delta: text, logprobs: written })
  }

  refusal(text: string): void {
    this.#keep(this.#part('refusal'), text, [])
    this.#emit({ type: 'response.refusal.delta', ...this.#at(), delta: text })
  }

  /** Annotates the text so far. */
  cite(citation: Citation): void {
    const part = this.#part('output_text')
    const annotation = annotationOf(citation, part.text.characters)
    if (annotation === undefined) return
    this.#size += JSON.stringify(annotation).length
    const index = part.annotations.push(annotation) - 1
    this.#emit({ type: 'response.output_text.annotation.added', ...this.#at(), annotation_index: index, annotation })
  }

  /** What comes next is a part of its own. */
  endPart(): void {
    const part = this.#running
    if (part === undefined) return
    const whole = partOf(part)
    const said = part.type === 'refusal' ? { refusal: whole['refusal'] } : { text: whole['text'], logprobs: part.logprobs }
    this.#emit({ type: `response.${part.type}.done`, ...this.#at(), ...said })
    this.#emit({ type: 'response.content_part.done', ...this.#at(), part: whole })
    this.#parts.push(whole)
    this.#running = undefined
  }

  close(status: ItemStatus): JsonObject {
    this.endPart()
    const item = this.#item(status)
    this.#emit(itemEvent('done', this.#place, item))
    return item
  }

  #part(type: Running['type']): Running {
    if (this.#running?.type === type) return this.#running
    this.endPart()
    const part: Running = { type, text: new KeptText(), annotations: [], logprobs: [] }
    this.#running = part
    this.#emit({ type: 'response.content_part.added', ...this.#at(), part: partOf(part) })
    return part
  }

  #keep(part: Running, text: string, logprobs: JsonObject[]): void {
    part.text.add(text)
    for (const logprob of logprobs) part.logprobs.push(logprob)
    this.#size += Buffer.byteLength(text) + (logprobs.length === 0 ? 0 : JSON.stringify(logprobs).length)
  }

  #at(): JsonObject {
    return { ...about(this.#place), content_index: this.#parts.length }
  }

  #item(status: ItemStatus | 'in_progress'): JsonObject {
    return { id: this.#place.id, type: 'message', status, role: 'assistant', content: [...this.#parts] }
  }
}

function partOf({ type, text, annotations, logprobs }: Running): JsonObject {
  if (type === 'refusal') return { type, refusal: text.toString() }
  return { type, text: text.toString(), annotations: [...annotations], logprobs: [...logprobs] }
}
