import type { StreamEvent } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import type { StreamDecoder } from '../dialect.ts'
import { parseObject, type JsonObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { headIn, saidIn } from './answer.ts'
import { readLogprobs } from './logprobs.ts'
import { readCalls } from './read-calls.ts'
import { stopOf } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/**
 * Reads the lines of a streamed answer of `/api/chat` or `/api/generate` (documentation: API, Streaming). The last says
 * `done` and carries usage; an error is a line with nothing but `error`.
 */
export class OllamaStreamDecoder implements StreamDecoder {
  #started = false
  #calls = 0

  decode({ data }: RawEvent): StreamEvent[] {
    const line = data === undefined ? undefined : parseObject(data)
    if (line === undefined || data === undefined) return []
    const { error } = line
    if (error != null) return [{ type: 'error', message: typeof error === 'string' ? error : JSON.stringify(error), raw: line }]
    return [...this.#start(line), ...said(line), ...this.#called(data, line), ...this.#end(line)]
  }

  #start(line: JsonObject): StreamEvent[] {
    if (this.#started) return []
    this.#started = true
    return [{ type: 'start', ...headIn(line) }]
  }

  #called(text: string, line: JsonObject): StreamEvent[] {
    return readCalls(text, line, this.#calls).flatMap(({ id, name, arguments: args }): StreamEvent[] => {
      const call = this.#calls++
      return [
        { type: 'tool_call', choice: 0, call, id, name },
        { type: 'tool_arguments', choice: 0, call, text: args },
      ]
    })
  }

  #end(line: JsonObject): StreamEvent[] {
    if (line['done'] !== true) return []
    const stop = stopOf(line['done_reason'], this.#calls > 0)
    return [{ type: 'finish', choice: 0, stop }, { type: 'usage', usage: readUsage(line) }, { type: 'done' }]
  }
}

function said(line: JsonObject): StreamEvent[] {
  const logprobs = readLogprobs(line['logprobs'])
  return saidIn(line).map((part: Part): StreamEvent => {
    if (part.type === 'reasoning') return { type: 'reasoning', choice: 0, text: part.text }
    if (part.type !== 'text') return { type: 'part', choice: 0, part }
    return { type: 'text', choice: 0, text: part.text, ...(logprobs === undefined ? {} : { logprobs }) }
  })
}
