import type { SceneUsage } from '../../replay/answers/scene.ts'
import type { PlaceName } from '../world.ts'

/** What a client is given: where the gateway is, and a key. Nothing else about it is changed. */
export interface Access {
  /** Without a path. */
  url: string
  key: string
}

/** What a client makes of one answer. */
export interface Heard {
  text: string
  /** In how many pieces the text came; 1 for a whole answer. */
  pieces: number
  calls: { name: string; arguments: unknown }[]
  /** Why it ended, in the client's words. */
  stop: string
  usage: HeardUsage
}

export interface HeardUsage {
  input: number | undefined
  output: number | undefined
  /** Read from a cache, where the client tells it. */
  cached?: number | undefined
}

export interface TalkOptions {
  stream: boolean
  /** {@link WEATHER} is offered. */
  tools: boolean
}

/** One conversation as an application holds it: a question, and the results of the tools that are called. */
export interface Talk {
  ask(): Promise<Heard>
  /** Sends what the tool found, for the call that came last, with everything said before. */
  answer(result: string): Promise<Heard>
}

/** One official client, used as its documentation says. */
export interface SdkClient {
  name: string
  talk(access: Access, model: string, options: TalkOptions): Talk
  /** What the client says where a model has ended its turn, or calls tools. */
  stops: { stop: string; tool_calls: string }
  /** How it tells what the answer used. */
  usage(of: SceneUsage, place: PlaceName, options: TalkOptions): HeardUsage
  /** Where an answer broke off: what it gives as its end, or what the error says; absent: the error has our words. */
  broken?: string | RegExp
  /** What stops this client at a vendor that is not its own, whoever is between them; undefined: nothing. */
  cannot?(place: PlaceName, options: TalkOptions): RegExp | undefined
}

export const SYSTEM = 'You know the weather of every city.'
export const QUESTION = 'What is the weather in Paris, in one word?'
export const MAX_TOKENS = 500

/** The one tool that is offered, by its parts: every client writes it in its own form. */
export const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a city',
  schema: {
    type: 'object' as const,
    properties: {
      city: { type: 'string' as const, description: 'Its name' },
      unit: { type: 'string' as const, enum: ['celsius', 'kelvin'] },
    },
    required: ['city', 'unit'],
    additionalProperties: false,
  },
}

/** OpenAI's form of the tool, which several others have taken over. */
export const WEATHER_FUNCTION = {
  type: 'function' as const,
  function: { name: WEATHER.name, description: WEATHER.description, parameters: WEATHER.schema },
}

/** Most clients tell input with what came from a cache, and output with reasoning. */
export function inclusive({ input, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 }: SceneUsage): HeardUsage {
  return { input: input + cacheRead + cacheWrite, output: output + reasoning, cached: cacheRead }
}

/** The same for clients that do not tell what came from a cache. */
export function withoutCached(usage: SceneUsage): HeardUsage {
  const { input, output } = inclusive(usage)
  return { input, output }
}

/** The last call of an answer; without one there is nothing to give a result for. */
export function lastOf<T>(calls: readonly T[]): T {
  const call = calls.at(-1)
  if (call === undefined) throw new Error('no tool was called')
  return call
}
