import type { DialectName } from './dialect-names.ts'
import type { Unsupported } from './unsupported.ts'

/** Where a conversation says who calls and how the call is labelled; the key only finds the prompt in the vendor's cache. */
const NEUTRAL: ReadonlySet<string> = new Set(['/user', '/metadata', '/promptCacheKey'])

/** Tiers of a vendor's ordinary service: what everyone gets who asks for nothing. */
const ORDINARY: ReadonlySet<string> = new Set(['auto', 'default', 'standard', 'standard_only'])

const OPENAI = ['/prompt_cache_retention', '/prompt_cache_options', '/client_metadata']

/** How Ollama's own server uses its machine. Nobody else's machine is the caller's to arrange. */
const MACHINE = [
  '/keep_alive',
  ...['num_ctx', 'num_batch', 'num_gpu', 'main_gpu', 'num_thread', 'numa', 'low_vram', 'use_mmap', 'use_mlock', 'f16_kv'].map(
    (name) => `/options/${name}`,
  ),
]

/** The same among the members that only the caller's dialect has, as JSON pointers into its body. */
const OWN: Partial<Record<DialectName, readonly string[]>> = {
  // The last two are OpenRouter's.
  'openai-chat': [...OPENAI, '/session_id', '/trace'],
  'openai-completions': ['/safety_identifier', '/session_id', '/trace', '/store', ...OPENAI],
  'openai-responses': OPENAI,
  'openai-embeddings': ['/user'],
  anthropic: ['/diagnostics'],
  ollama: MACHINE,
  'ollama-generate': MACHINE,
  'ollama-embed': MACHINE,
}

/** What of a request a label is judged by. */
export interface Labelled {
  dialect: DialectName
  serviceTier?: string | undefined
}

/**
 * Whether a member only names or labels the caller, or says how a vendor keeps what it holds, and so changes nothing in any
 * answer. Where a vendor has no place for one it is left out: that is no loss worth a refusal, or a line in a header.
 */
export function isLabel({ at }: Unsupported, { dialect, serviceTier }: Labelled): boolean {
  if (at === '/serviceTier') return serviceTier !== undefined && ORDINARY.has(serviceTier)
  return NEUTRAL.has(at) || OWN[dialect]?.includes(at) === true
}
