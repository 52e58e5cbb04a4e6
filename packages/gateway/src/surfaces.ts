import {
  anthropic,
  anthropicCountTokens,
  asksForSse,
  cohere,
  cohereEmbed,
  cohereRerank,
  gemini,
  geminiArray,
  geminiBatchEmbed,
  geminiCountTokens,
  geminiEmbed,
  ollama,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaGenerate,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiImageEdits,
  openaiImages,
  openaiModerations,
  openaiResponses,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranslations,
  type CountDialect,
  type Dialect,
  type EndpointDialect,
} from '@faregate/wire'
import type { CallFeature } from '@faregate/core'
import type { Inbound } from './edge.ts'

/** A route on which models are called, and what is spoken there. */
export interface Surface {
  /** As HTTP servers mount it: exact, or ending in `*`. */
  path: string
  /** What plans call such calls. */
  feature: CallFeature
  /** Where the path holds more than its name. */
  pattern?: RegExp
  dialect(inbound: Pick<Inbound, 'path' | 'query'>): EndpointDialect
}

/** Google's paths name the model and the method. Its clients write each version of the API, and all are spoken alike. */
const GEMINI_PATHS = ['/v1beta/models/*', '/v1/models/*', '/v1alpha/models/*', '/v1beta/tunedModels/*']

function geminiMethod(feature: CallFeature, method: string, dialect: Surface['dialect']): Surface[] {
  const pattern = new RegExp(`^/v1(beta|alpha)?/(models|tunedModels)/.+(:|%3A)${method}$`, 'i')
  return GEMINI_PATHS.map((path) => ({ path, feature, pattern, dialect }))
}

/** Every route on which models are called. All take POST. Those that count tokens are free. */
export const SURFACES: readonly Surface[] = [
  { path: '/v1/chat/completions', feature: 'chat', dialect: () => openaiChat },
  { path: '/v1/completions', feature: 'chat', dialect: () => openaiCompletions },
  { path: '/v1/responses', feature: 'chat', dialect: () => openaiResponses },
  { path: '/v1/messages', feature: 'chat', dialect: () => anthropic },
  ...geminiMethod('chat', '(streamG|g)enerateContent', generateDialect),
  { path: '/v2/chat', feature: 'chat', dialect: () => cohere },
  { path: '/ollama/api/chat', feature: 'chat', dialect: () => ollama },
  { path: '/ollama/api/generate', feature: 'chat', dialect: () => ollamaGenerate },
  { path: '/v1/embeddings', feature: 'embeddings', dialect: () => openaiEmbeddings },
  ...geminiMethod('embeddings', 'embedContent', () => geminiEmbed),
  ...geminiMethod('embeddings', 'batchEmbedContents', () => geminiBatchEmbed),
  { path: '/v2/embed', feature: 'embeddings', dialect: () => cohereEmbed },
  { path: '/ollama/api/embed', feature: 'embeddings', dialect: () => ollamaEmbed },
  { path: '/ollama/api/embeddings', feature: 'embeddings', dialect: () => ollamaEmbeddings },
  { path: '/v2/rerank', feature: 'rerank', dialect: () => cohereRerank },
  { path: '/v1/rerank', feature: 'rerank', dialect: () => cohereRerank },
  { path: '/v1/moderations', feature: 'moderations', dialect: () => openaiModerations },
  { path: '/v1/images/generations', feature: 'images', dialect: () => openaiImages },
  { path: '/v1/images/edits', feature: 'images', dialect: () => openaiImageEdits },
  { path: '/v1/audio/speech', feature: 'audio', dialect: () => openaiSpeech },
  { path: '/v1/audio/transcriptions', feature: 'audio', dialect: () => openaiTranscriptions },
  { path: '/v1/audio/translations', feature: 'audio', dialect: () => openaiTranslations },
  { path: '/v1/messages/count_tokens', feature: 'chat', dialect: () => anthropicCountTokens },
  ...geminiMethod('chat', 'countTokens', () => geminiCountTokens),
]

/** Where tokens are counted and no answer is made: nothing is charged. */
export function isFree(dialect: EndpointDialect): dialect is CountDialect {
  return 'encodeCount' in dialect
}

function generateDialect({ query }: Pick<Inbound, 'query'>): Dialect {
  return asksForSse(query) ? gemini : geminiArray
}

const EXACT = new Map(SURFACES.filter(({ pattern }) => pattern === undefined).map((surface) => [surface.path, surface]))
const PATTERNS = SURFACES.flatMap((surface) => (surface.pattern === undefined ? [] : [{ surface, pattern: surface.pattern }]))

/** The surface of a path; undefined where no model is called there. */
export function surfaceOf(path: string): Surface | undefined {
  return EXACT.get(path) ?? PATTERNS.find(({ pattern }) => pattern.test(path))?.surface
}

/** Where no model is called, or nothing at all, what a client there most likely parses. */
const NEIGHBOURS: [prefix: string, dialect: EndpointDialect][] = [
  ['/v1/messages', anthropic],
  ['/v1beta/', gemini],
  ['/v2/', cohere],
  ['/ollama/', ollama],
]

/** The dialect of an error on a path that is no surface. Models are listed for clients of several vendors on one. */
export function envelopeOf({ path, headers }: Pick<Inbound, 'path' | 'headers'>): EndpointDialect {
  if (path.startsWith('/v1/models') && headers['anthropic-version'] !== undefined) return anthropic
  return NEIGHBOURS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? openaiChat
}
