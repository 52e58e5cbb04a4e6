import type { StreamEvent } from '../canonical/answer.ts'
import type { Citation } from '../canonical/conversation.ts'
import type { StreamDecoder } from '../dialect.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import type { RawEvent } from '../sse/split.ts'
import { readSources } from './citations.ts'
import { errorMessage } from '../canonical/vendor-errors.ts'
import { StreamChoice } from './stream-choice.ts'
import { readAnswerUsage } from './usage.ts'

/** The neutral form of a stream of chat completion chunks, event by event; of text nothing is kept. */
export class ChatStreamDecoder implements StreamDecoder {
  readonly #choices = new Map<number, StreamChoice>()
  #started = false
  #id = ''
  /** How many of the answer's sources were told: Perplexity repeats them in every chunk. */
  #cited = 0

  decode({ data, event }: RawEvent): StreamEvent[] {
    if (data === undefined) return []
    if (data.trim() === '[DONE]') return [{ type: 'done' }]
    const chunk = parseObject(data)
    if (chunk === undefined) return event === 'error' ? [errorOf(data)] : []
    return this.#chunk(chunk, event)
  }

  #chunk(chunk: JsonObject, event: string | undefined): StreamEvent[] {
    const { usage, error } = chunk
    const choices = Array.isArray(chunk['choices']) ? chunk['choices'].filter(isObject) : []
    const events = this.#start(chunk, choices.length > 0)
    const sources = this.#newSources(chunk)
    for (const choice of choices) events.push(...this.#choice(choice).read(choice, this.#id, sources.splice(0)))
    if (usage != null) events.push({ type: 'usage', usage: readAnswerUsage(chunk) })
    if (error != null && error !== false) return [...events, errorOf(error)]
    const failed = choices.find((choice) => choice['finish_reason'] === 'error')
    if (failed !== undefined) return [...events, errorOf(failed['error'] ?? 'the upstream ended the answer with finish_reason "error"')]
    return event === 'error' ? [...events, errorOf(chunk)] : events
  }

  /** Azure's first chunk tells of filters, and nothing of the answer. */
  #start({ id, model, created }: JsonObject, hasChoices: boolean): StreamEvent[] {
    if (this.#started || (!hasChoices && (typeof id !== 'string' || id === ''))) return []
    this.#started = true
    const start: Extract<StreamEvent, { type: 'start' }> = { type: 'start' }
    if (typeof id === 'string' && id !== '') start.id = this.#id = id
    if (typeof model === 'string' && model !== '') start.model = model
    if (typeof created === 'number') start.created = created
    return [start]
  }

  #choice({ index }: JsonObject): StreamChoice {
    const number = typeof index === 'number' ? index : 0
    let choice = this.#choices.get(number)
    if (choice === undefined) this.#choices.set(number, (choice = new StreamChoice(number)))
    return choice
  }

  #newSources(chunk: JsonObject): Citation[] {
    if (chunk['citations'] == null && chunk['search_results'] == null) return []
    const sources = readSources(chunk).slice(this.#cited)
    this.#cited += sources.length
    return sources
  }
}

function errorOf(raw: unknown): StreamEvent {
  return { type: 'error', message: errorMessage(raw), raw }
}
