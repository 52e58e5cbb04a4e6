import type { StreamEvent } from '../canonical/answer.ts'
import { StepReader } from '../canonical/reading.ts'
import type { StreamDecoder, StreamReader } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { decodeCitation } from './citations.ts'
import { readLogprobs } from './logprobs.ts'
import { stopOf } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/**
 * Reads the events of a streamed chat (guide: Streaming). `message-end` ends the answer; after it Cohere sends `[DONE]`,
 * which its guides do not name and its SDKs look for.
 */
export class CohereStreamDecoder implements StreamDecoder {
  #calls = 0
  /** Our numbers of the calls, by Cohere's. */
  readonly #numbers = new Map<number, number>()
  /** The running call has been given arguments. */
  #hasArguments = false

  decode({ data, event }: RawEvent): StreamEvent[] {
    if (data === undefined) return []
    if (data.trim() === '[DONE]') return [{ type: 'done' }]
    const chunk = parseObject(data)
    if (chunk === undefined) return event === 'error' ? [{ type: 'error', message: data, raw: data }] : []
    return this.#read(chunk, typeof chunk['type'] === 'string' ? chunk['type'] : event)
  }

  #read(chunk: JsonObject, type: string | undefined): StreamEvent[] {
    const delta = isObject(chunk['delta']) ? chunk['delta'] : {}
    const message = isObject(delta['message']) ? delta['message'] : {}
    switch (type) {
      case 'message-start':
        return [typeof chunk['id'] === 'string' ? { type: 'start', id: chunk['id'] } : { type: 'start' }]
      case 'content-start':
      case 'content-delta':
        return content(message['content'], chunk['logprobs'])
      case 'tool-plan-delta':
        return text(message['tool_plan'])
      case 'tool-call-start':
        return this.#startCall(chunk['index'], onlyOf(message['tool_calls']))
      case 'tool-call-delta':
        return this.#arguments(chunk['index'], functionOf(onlyOf(message['tool_calls']))['arguments'])
      case 'tool-call-end':
        return this.#endCall(chunk['index'])
      case 'citation-start':
        return citation(message['citations'])
      case 'message-end':
        return this.#end(delta)
      case 'content-end':
      case 'citation-end':
        return []
      default:
        return strange(chunk, type)
    }
  }

  #startCall(index: unknown, call: JsonObject): StreamEvent[] {
    const own = functionOf(call)
    if (typeof own['name'] !== 'string') return []
    const number = this.#calls++
    this.#numbers.set(Number(index), number)
    this.#hasArguments = false
    const id = typeof call['id'] === 'string' ? call['id'] : `call_${number}`
    return [{ type: 'tool_call', choice: 0, call: number, id, name: own['name'] }, ...this.#arguments(index, own['arguments'])]
  }

  #arguments(index: unknown, fragment: unknown): StreamEvent[] {
    const call = this.#numbers.get(Number(index))
    if (call === undefined || typeof fragment !== 'string' || fragment === '') return []
    // A tool that takes nothing is called with `null` (T2): it is what a call without arguments ends with.
    if (!this.#hasArguments && fragment.trim() === 'null') return []
    this.#hasArguments = true
    return [{ type: 'tool_arguments', choice: 0, call, text: fragment }]
  }

  #endCall(index: unknown): StreamEvent[] {
    const call = this.#numbers.get(Number(index))
    if (call === undefined || this.#hasArguments) return []
    this.#hasArguments = true
    return [{ type: 'tool_arguments', choice: 0, call, text: '{}' }]
  }

  #end(delta: JsonObject): StreamEvent[] {
    const usage: StreamEvent[] = delta['usage'] == null ? [] : [{ type: 'usage', usage: readUsage(delta['usage']) }]
    const stop = stopOf(delta['finish_reason'], this.#calls > 0)
    if (stop.reason !== 'error') return [{ type: 'finish', choice: 0, stop }, ...usage]
    const told = typeof delta['error'] === 'string' && delta['error'] !== '' ? delta['error'] : undefined
    const message = told ?? `the upstream ended the answer with finish_reason "${stop.raw ?? 'ERROR'}"`
    return [...usage, { type: 'error', message, raw: delta }]
  }
}

function content(block: unknown, logprobs: unknown): StreamEvent[] {
  if (!isObject(block)) return []
  const { thinking, text: said } = block
  const thought: StreamEvent[] = typeof thinking === 'string' && thinking !== '' ? [{ type: 'reasoning', choice: 0, text: thinking }] : []
  const tokens = logprobs == null ? undefined : readLogprobs(logprobs)
  return [...thought, ...text(said).map((event) => (tokens === undefined ? event : { ...event, logprobs: tokens }))]
}

function text(said: unknown): Extract<StreamEvent, { type: 'text' }>[] {
  return typeof said === 'string' && said !== '' ? [{ type: 'text', choice: 0, text: said }] : []
}

function citation(told: unknown): StreamEvent[] {
  const value = onlyOf(told)
  return Object.keys(value).length === 0 ? [] : [{ type: 'citation', choice: 0, citation: decodeCitation(value) }]
}

/** An event of no known type is an error if it looks like one: Cohere's errors have a `message` and nothing else. */
function strange(chunk: JsonObject, type: string | undefined): StreamEvent[] {
  const { message } = chunk
  if (typeof message !== 'string' || (type !== undefined && type !== 'error')) return []
  return [{ type: 'error', message, raw: chunk }]
}

/** Cohere sends one where the name says several; some hosts send a list of one. */
function onlyOf(value: unknown): JsonObject {
  const only: unknown = Array.isArray(value) ? value[0] : value
  return isObject(only) ? only : {}
}

function functionOf(call: JsonObject): JsonObject {
  return isObject(call['function']) ? call['function'] : {}
}

/** Clients take `message-end` for the end, and `[DONE]` may still follow: both wait until the upstream has ended (M16). */
export function cohereStreamReader(choices: number): StreamReader {
  const decoder = new CohereStreamDecoder()
  const steps = new StepReader(choices)
  return {
    get ids() {
      return steps.ids
    },
    read(event) {
      const events = decoder.decode(event)
      const step = steps.step(events)
      return events.some(({ type }) => type === 'finish') ? { ...step, keepBack: true } : step
    },
  }
}
