import type { Buckets } from '@faregate/core'
import type { Stop, StreamEvent } from '../canonical/answer.ts'
import { KeptText } from '../canonical/kept-text.ts'
import type { AnswerFrame, StreamEncoder, StreamIds } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { MAX_EVENT_BYTES, SseEventTooLarge } from '../sse/split.ts'
import { argumentsObject } from './arguments.ts'
import { writtenCall } from './encode-answer.ts'
import { writeLogprobs } from './logprobs.ts'
import { headOf, type Said, type Shape } from './shapes.ts'
import { doneReasonOf } from './stop-reasons.ts'
import { usageOf } from './usage.ts'

interface OpenCall {
  id: string
  name: string
  arguments: KeptText
  signature?: string
}

/**
 * Writes a streamed answer in one of the two shapes, a line for each piece. A call is one line, for its arguments are an
 * object: it is kept until the next begins and it can be read, or else until the answer ends.
 */
export class OllamaStreamEncoder implements StreamEncoder {
  readonly ids: StreamIds
  readonly #shape: Shape
  readonly #head: JsonObject
  #out = ''
  readonly #open = new Map<number, OpenCall>()
  #held = 0
  #written = 0
  #stop: Stop = { reason: 'stop' }

  constructor(shape: Shape, frame: AnswerFrame) {
    this.#shape = shape
    this.#head = headOf(frame)
    this.ids = { model: frame.model, created: frame.created }
  }

  encode(events: StreamEvent[]): Buffer {
    for (const event of events) if (!('choice' in event) || event.choice === 0) this.#take(event)
    return this.#flush()
  }

  end(buckets: Buckets): Buffer {
    this.#writeCalls(() => true)
    this.#line({}, { done: true, done_reason: doneReasonOf(this.#stop), ...usageOf(buckets) })
    return this.#flush()
  }

  #take(event: StreamEvent): void {
    switch (event.type) {
      case 'text':
        this.#writeCalls(isWhole)
        this.#say({ content: event.text }, event.logprobs === undefined ? {} : { logprobs: writeLogprobs(event.logprobs) })
        break
      case 'refusal':
        this.#say({ content: event.text })
        break
      case 'reasoning':
        this.#writeCalls(isWhole)
        this.#say({ thinking: event.text })
        break
      case 'part':
        if (event.part.type === 'image' && event.part.source.kind === 'base64') this.#say({ images: [event.part.source.data] })
        break
      case 'tool_call':
        this.#writeCalls(isWhole)
        this.#open.set(event.call, {
          id: event.id,
          name: event.name,
          arguments: new KeptText(),
          ...(event.signature === undefined ? {} : { signature: event.signature }),
        })
        break
      case 'tool_arguments':
        this.#collect(event.call, event.text)
        break
      case 'finish':
        this.#stop = event.stop
        break
      default:
    }
  }

  #say(said: Said, more: JsonObject = {}): void {
    if (said.content !== '' && said.thinking !== '') this.#line(said, { ...more, done: false })
  }

  #collect(number: number, text: string): void {
    const call = this.#open.get(number)
    if (call === undefined) return
    this.#held += text.length
    if (this.#held > MAX_EVENT_BYTES) throw new SseEventTooLarge(`the arguments of tool calls are larger than ${MAX_EVENT_BYTES} bytes`)
    call.arguments.add(text)
  }

  #writeCalls(isReady: (call: OpenCall) => boolean): void {
    for (const [number, call] of this.#open) {
      if (!isReady(call)) continue
      this.#open.delete(number)
      this.#held -= call.arguments.characters
      const text = call.arguments.toString()
      const written = writtenCall({ ...call, arguments: text }, this.#written)
      if (written === undefined) this.#say({ content: text })
      else this.#line({ calls: [written] }, { done: false })
      if (written !== undefined) this.#written++
    }
  }

  #line(said: Said, more: JsonObject): void {
    this.#out += `${JSON.stringify({ ...this.#head, ...this.#shape(said), ...more })}\n`
  }

  #flush(): Buffer {
    const out = Buffer.from(this.#out)
    this.#out = ''
    return out
  }
}

/** More arguments cannot follow: an object was closed. */
function isWhole(call: OpenCall): boolean {
  return call.arguments.characters > 0 && argumentsObject(call.arguments.toString()) !== undefined
}
