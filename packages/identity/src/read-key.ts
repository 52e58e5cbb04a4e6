import { isAccessToken } from './access-token.ts'
import { isWellFormed, PREFIXES } from './key-format.ts'

export type KeyReading = { ok: true } | { ok: false; hint: string }

/** Prefixes of other systems' keys, the longer before the shorter. */
const FOREIGN: [prefix: string, owner: string][] = [
  ['sk-ant-', 'Anthropic'],
  ['sk-or-', 'OpenRouter'],
  ['sk-proj-', 'OpenAI'],
  ['sk-', 'OpenAI or a compatible provider'],
  ['AIza', 'Google'],
  ['gsk_', 'Groq'],
  ['xai-', 'xAI'],
  ['hf_', 'Hugging Face'],
  ['r8_', 'Replicate'],
  ['pplx-', 'Perplexity'],
  ['nvapi-', 'NVIDIA'],
  ['csk-', 'Cerebras'],
]

/** Checks the shape of what a caller presented as a key; the hint says what it looks like and never repeats it. */
export function readKey(text: string): KeyReading {
  if (isWellFormed('key', text)) return { ok: true }
  if (text.startsWith(PREFIXES.operator))
    return {
      ok: false,
      hint: "This is the operator's token: it opens the management API, not models. Create an API key with it: faregate key create.",
    }
  if (text.startsWith(PREFIXES.management))
    return {
      ok: false,
      hint: 'This is a management token: it opens the management API, not models. Use an API key, which starts with "fg_".',
    }
  if (isAccessToken(text)) return { ok: false, hint: 'This is an access token: it opens published APIs that take OAuth 2, and is no key.' }
  if (text.startsWith(PREFIXES.signing))
    return { ok: false, hint: 'This is a signing secret: requests are signed with it, and it is never sent.' }
  if (text.startsWith(PREFIXES.key))
    return { ok: false, hint: 'It starts like a key of this gateway, but it is mistyped or cut off: its checksum does not fit.' }
  const foreign = FOREIGN.find(([prefix]) => text.startsWith(prefix))
  if (foreign !== undefined)
    return {
      ok: false,
      hint: `It looks like a key of ${foreign[1]}. Keys of this gateway start with "fg_"; the provider's own key stays with the operator.`,
    }
  return { ok: false, hint: 'Keys of this gateway start with "fg_" and are 41 characters long.' }
}
