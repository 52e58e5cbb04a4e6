import type { Prompt, Buckets } from '@faregate/core'
import type { Answer, StreamEvent } from '../canonical/answer.ts'
import { INPUT_BUCKETS, OUTPUT_BUCKETS, sumOf } from '../canonical/usage.ts'
import type { StreamEncoder, StreamIds } from '../dialect.ts'
import { isObject } from '../json/object.ts'
import { sseEvent } from '../sse/write.ts'

/** The body of an answer, which says nothing of the model that made it: `output` is the object where the prompt has a schema for it, and the model kept to it; else text. */
export function encodeOutput({ output: schema }: Prompt, { choices }: Answer, buckets: Buckets): Buffer {
  const [choice] = choices
  const joined = (type: 'text' | 'refusal'): string => (choice?.parts ?? []).map((part) => (part.type === type ? part.text : '')).join('')
  const [text, refusal] = [joined('text'), joined('refusal')]
  const said = schema === undefined ? { output: text } : parsed(text)
  const ending = endingOf(choice?.stop.reason ?? 'stop', buckets)
  return Buffer.from(JSON.stringify({ ...said, ...(refusal === '' ? {} : { refusal }), ...ending }))
}

/** What was cut off, or is no object, is passed on as it is: it was made and is charged. */
function parsed(text: string): { output: unknown; text?: string } {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return { output: value }
  } catch {
    // Told by its text.
  }
  return { output: null, text }
}

function endingOf(finish: string, buckets: Buckets) {
  return { finish, usage: { inputTokens: sumOf(buckets, INPUT_BUCKETS), outputTokens: sumOf(buckets, OUTPUT_BUCKETS) } }
}

/** Writes a stream of pieces: `delta`, again and again, and `done`, which says how it ended and what was used. */
export class OutputStreamEncoder implements StreamEncoder {
  readonly ids: StreamIds = {}
  #finish = 'stop'

  encode(events: StreamEvent[]): Buffer {
    return Buffer.from(events.map((event) => this.#encode(event)).join(''))
  }

  end(buckets: Buckets): Buffer {
    return Buffer.from(sseEvent(endingOf(this.#finish, buckets), 'done'))
  }

  #encode(event: StreamEvent): string {
    if (event.type === 'finish') this.#finish = event.stop.reason
    if (event.type === 'text' && event.text !== '') return sseEvent({ text: event.text }, 'delta')
    if (event.type === 'refusal' && event.text !== '') return sseEvent({ refusal: event.text }, 'delta')
    return ''
  }
}
