import type { DialectName, Quirks, Vendor } from '@faregate/wire'
import { classify } from '../classify.ts'
import { OPENAI_PATHS } from '../openai-paths.ts'

/** What differs between vendors that speak OpenAI's chat completions. */
export interface VendorRow {
  kind: string
  title: string
  /** The vendor's own reference of its API. */
  documentation: string
  notes?: readonly string[]
  /** Without a trailing slash; `/chat/completions` follows. Absent: the operator says. */
  baseUrl?: string
  environmentVariable?: string
  /** A local server that takes any key or none. */
  keyless?: true
  /** Where a key is tried; absent: by listing models. */
  keyCheck?: string
  outputLimitMember: Vendor['outputLimitMember']
  /** The provider's id in the price catalogue; absent where it has none. */
  priceKey?: string
  /** What it serves beside chat completions. */
  also?: readonly DialectName[]
  /** Models that it does not serve by chat completions. */
  withoutChat?: RegExp
  quirks?: Quirks
}

/** How the key travels, see `Vendor.authentication`. */
const BEARER = 'as `Authorization: Bearer KEY`'
export const EMBEDDINGS: readonly DialectName[] = ['openai-embeddings']
/** Every endpoint of OpenAI's beside those of conversations. */
export const ENDPOINTS: readonly DialectName[] = [
  'openai-completions',
  'openai-embeddings',
  'openai-images',
  'openai-image-edits',
  'openai-speech',
  'openai-transcriptions',
  'openai-translations',
  'openai-moderations',
]
/** Servers of open models. */
export const SERVER: readonly DialectName[] = ['openai-completions', 'openai-embeddings']
/** The role `developer` and choosing among some tools are OpenAI's own; marks for the prompt cache are nobody's but a few hosts'. */
export const PLAIN: Quirks = { noDeveloperRole: true, refuses: ['cacheControl', 'toolChoice.allowed'] }

/** Makes a vendor of a row: bearer authentication, the paths of OpenAI's endpoints, OpenAI's error shapes. */
export function openAiCompatible({ baseUrl, also = [], withoutChat, keyCheck = '/models', ...shared }: VendorRow): Vendor {
  return {
    ...shared,
    keyCheck,
    authentication: BEARER,
    ...(baseUrl === undefined ? {} : { defaultBaseUrl: baseUrl }),
    dialects: ['openai-chat', ...also],
    ...(withoutChat === undefined ? {} : { dialectsOf: (model) => (withoutChat.test(model) ? also : ['openai-chat', ...also]) }),
    request: (_entry, secret, { dialect }) => ({
      path: OPENAI_PATHS[dialect] ?? '/chat/completions',
      headers: secret === undefined || secret === '' ? {} : { authorization: `Bearer ${secret}` },
    }),
    classify,
  }
}
