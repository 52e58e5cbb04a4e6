import type { StreamEvent } from '../canonical/answer.ts'
import type { StreamDecoder } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { errorMessage } from '../canonical/vendor-errors.ts'
import type { RawEvent } from '../sse/split.ts'
import { ItemReader } from './item-reader.ts'
import { stopOf } from './stop-reasons.ts'
import { readResponseUsage } from './usage.ts'

const TERMINAL = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * Reads the events of a response (OpenAI's API reference, "Streaming events"), and what makes of it otherwise: arguments and
 * texts that come only whole, at the end of their item; streams without indexes; a terminal event that alone carries the
 * output. Keeps no text.
 */
export class ResponsesStreamDecoder implements StreamDecoder {
  /** The number of the last event, where the vendor numbers them. */
  sequence: number | undefined
  readonly #items = new ItemReader()
  #started = false

  decode({ data, event: name }: RawEvent): StreamEvent[] {
    if (data === undefined) return []
    const event = parseObject(data)
    if (event === undefined) return name === 'error' ? [{ type: 'error', message: errorMessage(data), raw: data }] : []
    const { type = name, sequence_number: sequence, response } = event
    if (typeof sequence === 'number') this.sequence = sequence
    if (type === 'error' || name === 'error') return [failure(event['error'] ?? event)]
    if (type === undefined && event['error'] != null) return [failure(event['error'])]
    const events = isObject(response) ? this.#start(response) : []
    if (typeof type !== 'string') return events
    return TERMINAL.has(type)
      ? [...events, ...this.#end(isObject(response) ? response : {})]
      : [...events, ...this.#items.read(type, event)]
  }

  #start({ id, model, created_at: created }: JsonObject): StreamEvent[] {
    if (this.#started || (id === undefined && model === undefined)) return []
    this.#started = true
    const ids = {
      id: typeof id === 'string' ? id : undefined,
      model: typeof model === 'string' ? model : undefined,
      created: typeof created === 'number' ? Math.floor(created) : undefined,
    }
    return [present({ type: 'start', ...ids })]
  }

  #end(response: JsonObject): StreamEvent[] {
    const { usage, error, output } = response
    const events: StreamEvent[] = this.#items.none && Array.isArray(output) ? this.#items.readAll(output) : []
    if (usage != null) events.push({ type: 'usage', usage: readResponseUsage(response) })
    const stop = stopOf(response, this.#items.calls > 0)
    if (stop.reason === 'error' || error != null) return [...events, failure(error ?? 'the response failed without saying why')]
    return [...events, { type: 'finish', choice: 0, stop }, { type: 'done' }]
  }
}

function failure(raw: unknown): StreamEvent {
  return { type: 'error', message: errorMessage(raw), raw }
}
