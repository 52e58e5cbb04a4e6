import type { StreamEvent } from '../canonical/answer.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { argumentText, callId } from './decode-answer.ts'
import { googleSignature } from './decode-messages.ts'

interface Call {
  number: number
  id: string | undefined
  custom: boolean
  hasArguments: boolean
}

/**
 * Tells the pieces of a choice's tool calls apart (T1). The `index` of a call counts where there is one, whatever it
 * begins with; where all calls have the same index, or none, an id with a name begins another call.
 */
export class StreamCalls {
  readonly #choice: number
  readonly #calls: Call[] = []
  readonly #byIndex = new Map<number, Call>()

  constructor(choice: number) {
    this.#choice = choice
  }

  get any(): boolean {
    return this.#calls.length > 0
  }

  /** What one entry of `tool_calls` says. `stream`: the id of the answer, for calls without one. */
  read(entry: JsonObject, stream: string): StreamEvent[] {
    const custom = isObject(entry['custom'])
    const holder = custom ? entry['custom'] : entry['function']
    const { name, arguments: args, input } = isObject(holder) ? holder : {}
    const known = this.#find(entry, name)
    const call = known ?? this.#begin(entry, name, custom)
    if (call === undefined) return []
    const events: StreamEvent[] = known === undefined ? [this.#beginning(call, entry, String(name), stream)] : []
    const text = argumentText(custom ? input : args)
    if (text === '') return events
    call.hasArguments ||= text.trim() !== ''
    return [...events, { type: 'tool_arguments', choice: this.#choice, call: call.number, text }]
  }

  /** Arguments of calls that got none: a tool that takes nothing is called with an empty object (T2). */
  end(): StreamEvent[] {
    return this.#calls
      .filter(({ hasArguments, custom }) => !hasArguments && !custom)
      .map((call) => {
        call.hasArguments = true
        return { type: 'tool_arguments', choice: this.#choice, call: call.number, text: '{}' }
      })
  }

  #find({ index, id }: JsonObject, name: unknown): Call | undefined {
    const named = isGiven(name)
    if (isGiven(id)) {
      const same = this.#calls.find((call) => call.id === id)
      if (same !== undefined || named) return same
    }
    if (typeof index === 'number') return this.#byIndex.get(index)
    return named ? undefined : this.#calls.at(-1)
  }

  #begin({ index, id }: JsonObject, name: unknown, custom: boolean): Call | undefined {
    if (!isGiven(name)) return undefined
    const call = { number: this.#calls.length, id: isGiven(id) ? id : undefined, custom, hasArguments: false }
    this.#calls.push(call)
    if (typeof index === 'number') this.#byIndex.set(index, call)
    return call
  }

  #beginning(call: Call, entry: JsonObject, name: string, stream: string): StreamEvent {
    const signature = googleSignature(entry)
    return {
      type: 'tool_call',
      choice: this.#choice,
      call: call.number,
      id: callId(call.id, `${stream}:${this.#choice}:${call.number}`),
      name,
      ...(signature === undefined ? {} : { signature }),
      ...(call.custom ? { custom: true } : {}),
    }
  }
}

function isGiven(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
