/** What the calls of a guide are made in. */
export type CallDialect = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'cohere' | 'ollama'

/** One vendor's guide, where it differs from the others. */
export interface VendorGuide {
  /** Of its file. */
  name: string
  kind: string
  /** "The … API in two steps". */
  api: string
  /** What is called there, in a sentence. */
  about: string
  /** As the vendor names it. */
  model: string
  /** As callers name it; absent: as the vendor does. */
  as?: string
  /** Decimal strings per million tokens, where the catalogue has none. */
  price?: { input: string; output: string }
  /** The variable that holds the address; its default is the vendor's own. */
  addressVariable: string
  /** The address, where the vendor has no default. */
  address?: string
  /** The variable that holds the key, and what it is set to; absent: there is no key. */
  key?: { variable: string; is: string }
  /** What has to run first, where the vendor is a server of one's own. */
  first?: { sentence: string; command: string }
  /** Its own words, where callers have a surface for them that is not OpenAI's chat completions. */
  own?: Exclude<CallDialect, 'openai-chat'>
  /** Sentences at the end of the first step. */
  notes?: readonly string[]
}

/** Where a key is to be put. */
const YOURS = 'your-key'

/** A key in a variable. */
export function keyOf(variable: string, is: string = YOURS): Pick<VendorGuide, 'key'> {
  return { key: { variable, is } }
}
