import type { Stop, StreamEvent } from '../canonical/answer.ts'
import type { Citation, DialectName, Part } from '../canonical/conversation.ts'
import { withSignature } from '../canonical/tool-ids.ts'
import type { JsonObject } from '../json/object.ts'
import type { CallerStyle } from './caller-style.ts'
import { annotationOf } from './citations.ts'
import { imageMember } from './encode-answer.ts'
import { detailOf } from './reasoning-details.ts'

type ChoiceEvent = Exclude<StreamEvent, { type: 'start' | 'usage' | 'error' | 'done' | 'finish' }>

/** The tool call of an event, as far as it must be remembered. */
interface Call {
  custom: boolean
  hasArguments: boolean
}

/** So many annotations wait for the end; more are sent before. */
const MOST_HELD = 1_000

/**
 * One choice of a stream as it is written: the delta for each event. Entries of lists are numbered, so that clients that
 * put deltas together by `index` put these together, too. Of a list that it does not know OpenAI's own SDK keeps what
 * came last: annotations come all at once, at the end, as OpenAI sends them.
 */
export class WrittenChoice {
  stop: Stop = { reason: 'stop' }
  readonly #style: CallerStyle
  readonly #calls = new Map<number, Call>()
  #hasRole = false
  /** Characters of text so far. */
  #textLength = 0
  #detail = 0
  #reasoning = false
  /** Characters of the block of reasoning so far. */
  #thoughtLength = 0
  #annotations: JsonObject[] = []
  #cited = 0
  #images = 0

  constructor(style: CallerStyle) {
    this.#style = style
  }

  /** The first delta says who speaks. */
  withRole(delta: JsonObject): JsonObject {
    if (this.#hasRole) return delta
    this.#hasRole = true
    return { role: 'assistant', ...delta }
  }

  /** The delta for an event; undefined where there is none to send. */
  delta(event: ChoiceEvent): JsonObject | undefined {
    if (event.type === 'reasoning' || event.type === 'reasoning_signature' || event.type === 'redacted_reasoning') {
      return this.#style.hidesReasoning ? undefined : this.#thought(event)
    }
    if (this.#reasoning) this.#nextDetail()
    switch (event.type) {
      case 'text':
        this.#textLength += event.text.length
        return event.text === '' && event.logprobs === undefined ? undefined : { content: event.text }
      case 'refusal':
        return event.text === '' ? undefined : { refusal: event.text }
      case 'citation':
        return this.#citation(event.citation)
      case 'tool_call':
        return this.#call(event)
      case 'tool_arguments':
        return this.#arguments(event.call, event.text)
      case 'part':
        return this.#part(event.part)
    }
  }

  /** What must still be said before the end: who speaks, what was cited, and empty arguments where there were none (T2). */
  unsaid(): JsonObject[] {
    const empty = [...this.#calls].filter(([, { custom, hasArguments }]) => !custom && !hasArguments)
    const deltas = empty.map(([call]) => this.#arguments(call, '{}')).filter((delta) => delta !== undefined)
    if (this.#annotations.length > 0) deltas.push({ annotations: this.#annotations.splice(0) })
    return this.#hasRole || deltas.length > 0 ? deltas : [{ content: '' }]
  }

  /**
   * The text under the name that most clients know, and again among the details, which bring it together with its
   * signature: it has to come back with that, word for word (M6). A client that loses pieces of it is found out by its
   * length.
   */
  #thought(event: Extract<ChoiceEvent, { type: 'reasoning' | 'reasoning_signature' | 'redacted_reasoning' }>): JsonObject | undefined {
    if (event.type === 'reasoning') {
      if (event.text === '') return undefined
      this.#reasoning = true
      this.#thoughtLength += event.text.length
      return { reasoning_content: event.text, ...this.#detailMember({ text: event.text }) }
    }
    if (event.type === 'redacted_reasoning' && this.#reasoning) this.#nextDetail()
    const thought =
      event.type === 'redacted_reasoning' ? { redacted: event.data } : { signature: event.signature, length: this.#thoughtLength }
    const member = this.#detailMember({ text: '', ...thought }, event.origin)
    this.#nextDetail()
    return member
  }

  #detailMember(thought: Parameters<typeof detailOf>[0], format?: DialectName): JsonObject {
    return { reasoning_details: [{ ...detailOf(thought, format), index: this.#detail }] }
  }

  #nextDetail(): void {
    this.#detail++
    this.#reasoning = false
    this.#thoughtLength = 0
  }

  #citation(citation: Citation): JsonObject | undefined {
    const annotation = annotationOf(citation, this.#textLength)
    if (annotation !== undefined) this.#annotations.push({ ...annotation, index: this.#cited++ })
    return this.#annotations.length < MOST_HELD ? undefined : { annotations: this.#annotations.splice(0) }
  }

  #call({ call, id, name, signature, custom = false }: Extract<ChoiceEvent, { type: 'tool_call' }>): JsonObject | undefined {
    if (this.#style.legacy && this.#calls.size > 0) return undefined
    this.#calls.set(call, { custom, hasArguments: false })
    if (this.#style.legacy) return { function_call: { name, arguments: '' } }
    const told = { index: call, id: withSignature(id, signature) }
    const entry = custom ? { type: 'custom', custom: { name, input: '' } } : { type: 'function', function: { name, arguments: '' } }
    return { tool_calls: [{ ...told, ...entry }] }
  }

  /** Those of a call that was not told are not told either. */
  #arguments(number: number, text: string): JsonObject | undefined {
    const call = this.#calls.get(number)
    if (call === undefined || text === '') return undefined
    call.hasArguments = true
    if (this.#style.legacy) return { function_call: { arguments: text } }
    return { tool_calls: [{ index: number, ...(call.custom ? { custom: { input: text } } : { function: { arguments: text } }) }] }
  }

  #part(part: Part): JsonObject | undefined {
    if (part.type === 'image') return { images: [{ ...imageMember(part), index: this.#images++ }] }
    if (part.type === 'audio' && part.source.kind === 'base64') return { audio: { data: part.source.data } }
    return undefined
  }
}
