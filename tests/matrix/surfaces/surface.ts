import type { Dialect, Framing, JsonObject } from '../../replay/types.ts'
import type { SurfaceName } from '../conversation.ts'

/** Why an answer ended, as far as a provider tells. `refusal_text`: as any other, but the words are marked as a refusal. */
export type Said = 'stop' | 'length' | 'stop_sequence' | 'tool_calls' | 'refusal' | 'refusal_text' | 'content_filter'

/** What a call's answer may tell of tokens beside input and output in all. */
interface Details {
  cacheRead?: number
  cacheWrite?: number
  reasoning?: number
}

/** One way to call a model, as its own clients do. */
export interface Surface {
  name: SurfaceName
  title: string
  dialect: Dialect
  framing: Framing
  path(model: string, stream: boolean): string
  headers(key: string): Record<string, string>
  /** The request, with what this API wants told beside it. */
  body(form: JsonObject, model: string, stream: boolean): JsonObject
  /** A question with an output limit, as the form of a request. */
  ask(text: string, limit: number): JsonObject
  /** Fails where the events of a stream, or the one whole answer, are not what a strict client of this API takes. */
  assertShape(events: JsonObject[], how: How): void
  /** This API's word for why an answer ended. */
  stops: Record<Said, string>
  /** Input and output in all, where they are not what a plain reading of the answer gives. */
  usage?(events: JsonObject[]): { input: number; output: number }
  details(events: JsonObject[]): Details
  /** The next request of a client that sends back what it got. `results`: what the tools gave, call by call. */
  next(body: JsonObject, events: JsonObject[], results: string[]): JsonObject
}

export interface How {
  stream: boolean
  /** The name by which the caller asked for the model, where the answer was written by the gateway. */
  model: string | undefined
}
