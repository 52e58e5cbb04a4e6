import type { Buckets } from '@faregate/core'
import type { Stop, StreamEvent } from '../canonical/answer.ts'
import { withSignature } from '../canonical/tool-ids.ts'
import type { AnswerFrame, StreamEncoder } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { sseEvent } from '../sse/write.ts'
import { answerId, endState, itemSuffix } from './encode-answer.ts'
import { Output } from './output.ts'
import { putPart } from './parts-out.ts'
import { responseObject, type ResponseState } from './response-object.ts'
import { endingOf } from './stop-reasons.ts'
import type { NumberedIds } from './stream-reader.ts'

/** Numbers for calls that come whole, beyond those that come in pieces. */
const WHOLE_CALLS = 1_000_000

/**
 * Writes a response as the events that OpenAI sends (API reference, "Streaming events"): numbered, each named after its
 * type, without `[DONE]`. Only types that its SDK knows are used: at any other it ends the stream with an error.
 */
export class ResponsesStreamEncoder implements StreamEncoder {
  readonly ids: NumberedIds
  readonly #frame: AnswerFrame
  readonly #output: Output
  readonly #logprobs: boolean
  #written: string[] = []
  #begun = false
  #stop: Stop = { reason: 'stop' }
  #wholeCalls = WHOLE_CALLS

  constructor(frame: AnswerFrame) {
    this.#frame = frame
    this.ids = { model: frame.model, created: frame.created }
    this.#logprobs = frame.conversation.logprobs !== undefined
    this.#output = new Output(itemSuffix(frame), (event) => this.#emit(event))
  }

  encode(events: StreamEvent[]): Buffer {
    for (const event of events) {
      this.#begin(event.type === 'start' ? event.id : undefined)
      if (!('choice' in event) || event.choice === 0) this.#put(event)
    }
    return this.#take()
  }

  end(buckets: Buckets): Buffer {
    this.#begin(undefined)
    const ending = endingOf(this.#stop.reason, this.#output.refused)
    const items = this.#output.end(ending.status === 'completed' ? 'completed' : 'incomplete')
    this.#emitResponse(`response.${ending.status}`, endState(ending, items, buckets))
    return this.#take()
  }

  #begin(id: string | undefined): void {
    if (this.#begun) return
    this.#begun = true
    this.ids.id = answerId(id, this.#frame)
    const state: ResponseState = { status: 'in_progress', output: [] }
    this.#emitResponse('response.created', state)
    this.#emitResponse('response.in_progress', state)
  }

  #put(event: StreamEvent): void {
    const output = this.#output
    switch (event.type) {
      case 'text':
        if (event.text !== '') output.text(event.text, this.#logprobs ? (event.logprobs ?? []) : [])
        break
      case 'refusal':
        if (event.text !== '') output.refusal(event.text)
        break
      case 'reasoning':
        if (event.text !== '') output.reasoning(event.text)
        break
      case 'reasoning_signature':
        output.proof(present({ signature: event.signature, origin: event.origin }))
        break
      case 'redacted_reasoning':
        output.proof(present({ redacted: event.data, origin: event.origin }))
        break
      case 'citation':
        output.cite(event.citation)
        break
      case 'tool_call':
        output.call(event.call, { id: withSignature(event.id, event.signature), name: event.name, custom: event.custom === true })
        break
      case 'tool_arguments':
        if (event.text !== '') output.arguments(event.call, event.text)
        break
      case 'part':
        putPart(event.part, output, this.#wholeCalls++)
        break
      case 'finish':
        this.#stop = event.stop
        break
      default:
    }
  }

  #emitResponse(type: string, state: ResponseState): void {
    this.#emit({ type, response: responseObject(this.ids.id ?? '', this.#frame, state) })
  }

  #emit({ type, ...members }: JsonObject & { type: string }): void {
    const sequence = (this.ids.sequence ?? -1) + 1
    this.ids.sequence = sequence
    this.#written.push(sseEvent({ type, sequence_number: sequence, ...members }, type))
  }

  #take(): Buffer {
    const bytes = Buffer.from(this.#written.join(''))
    this.#written = []
    return bytes
  }
}
