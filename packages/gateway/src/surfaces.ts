import {
  anthropic,
  asksForSse,
  cohere,
  gemini,
  geminiArray,
  ollama,
  ollamaGenerate,
  openaiChat,
  openaiCompletions,
  openaiResponses,
  type Dialect,
} from '@faregate/wire'
import type { Inbound } from './edge.ts'

/** A route on which models are called, and what is spoken there. */
export interface Surface {
  /** As HTTP servers mount it: exact, or ending in `*`. */
  path: string
  /** Where the path holds more than its name. */
  pattern?: RegExp
  dialect(inbound: Pick<Inbound, 'path' | 'query'>): Dialect
}

/** Google's paths name the model and the method; the older version of the API is spoken alike. */
const GENERATE_CONTENT = /^\/v1(beta|alpha)?\/(models|tunedModels)\/.+(:|%3A)(streamG|g)enerateContent$/i

/** Every route on which models are called. All take POST. */
export const SURFACES: readonly Surface[] = [
  { path: '/v1/chat/completions', dialect: () => openaiChat },
  { path: '/v1/completions', dialect: () => openaiCompletions },
  { path: '/v1/responses', dialect: () => openaiResponses },
  { path: '/v1/messages', dialect: () => anthropic },
  { path: '/v1beta/models/*', pattern: GENERATE_CONTENT, dialect: ({ query }) => (asksForSse(query) ? gemini : geminiArray) },
  { path: '/v2/chat', dialect: () => cohere },
  { path: '/ollama/api/chat', dialect: () => ollama },
  { path: '/ollama/api/generate', dialect: () => ollamaGenerate },
]

const EXACT = new Map(SURFACES.filter(({ pattern }) => pattern === undefined).map((surface) => [surface.path, surface]))
const PATTERNS = SURFACES.flatMap((surface) => (surface.pattern === undefined ? [] : [{ surface, pattern: surface.pattern }]))

/** The surface of a path; undefined where no model is called there. */
export function surfaceOf(path: string): Surface | undefined {
  return EXACT.get(path) ?? PATTERNS.find(({ pattern }) => pattern.test(path))?.surface
}

/** Where no model is called, or nothing at all, what a client there most likely parses. */
const NEIGHBOURS: [prefix: string, dialect: Dialect][] = [
  ['/v1/messages', anthropic],
  ['/v1beta/', gemini],
  ['/v2/', cohere],
  ['/ollama/', ollama],
]

/** The dialect of an error on a path that is no surface. */
export function envelopeOf(path: string): Dialect {
  return NEIGHBOURS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? openaiChat
}
