import { isObject } from '../json/object.ts'
import type { JsonObject } from '../json/object.ts'

/** Streams whose chunks differ in more than this are not worth learning from. */
const MOST_MISSES = 8
const MARK = '\u2063content\u2063'
const PADDING_MARK = '\u2063padding\u2063'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Most chunks of a stream are equal but for `choices[0].delta.content` (and, at OpenAI, a last member `obfuscation` that
 * pads them). What stands around these strings is learnt from one parsed chunk; a chunk with the same bytes around
 * strings that need no unescaping has, by construction, the same parse but for them, so it need not be parsed.
 * Anything else is left to the parser.
 */
export class ContentTemplate {
  /** Up to the content, with its opening quote. */
  private before = ''
  /** From the closing quote of the content to the end, or to the opening quote of the padding. */
  private after = ''
  private padded = false
  private misses = 0

  /** The content of the chunk, if it fits the template; undefined if it has to be parsed. */
  match(data: string): string | undefined {
    const { before, after } = this
    if (before === '') return undefined
    const end = this.padded ? paddingStart(data) : data.length
    const contentEnd = end - after.length
    // Comparing slices is several times faster than startsWith and endsWith.
    if (contentEnd < before.length || data.slice(contentEnd, end) !== after || data.slice(0, before.length) !== before) return undefined
    const content = data.slice(before.length, contentEnd)
    if (!isPlain(content)) return undefined
    this.misses = 0
    return content
  }

  /** Learns from a chunk that was parsed, if it carries nothing but one piece of content. */
  learn(data: string, chunk: JsonObject): void {
    if (this.misses >= MOST_MISSES) return
    this.misses++
    const content = onlyContent(chunk)
    if (content === undefined || content === '' || !isPlain(content)) return
    const at = data.indexOf(`"content":"${content}"`)
    if (at < 0) return
    const start = at + '"content":"'.length
    const { obfuscation } = chunk
    const padded = typeof obfuscation === 'string' && data.endsWith(`"obfuscation":"${obfuscation}"}`)
    const end = padded ? data.length - obfuscation.length - '"}'.length : data.length
    if (end < start + content.length) return
    this.adopt(data.slice(0, start), data.slice(start + content.length, end), padded)
  }

  /** The strings that were found may be others of the same name: only those that change these two members count. */
  private adopt(before: string, after: string, padded: boolean): void {
    const probe = JSON.parse(before + MARK + after + (padded ? `${PADDING_MARK}"}` : '')) as JsonObject
    if (onlyContent(probe) !== MARK || (padded && probe['obfuscation'] !== PADDING_MARK)) return
    this.before = before
    this.after = after
    this.padded = padded
  }
}

/** Offset of the first character of the plain string that ends in `"}` at the end; 0 if there is none. */
function paddingStart(data: string): number {
  if (data.charCodeAt(data.length - 2) !== QUOTE) return 0
  let at = data.length - 2
  while (at > 0 && isPlainCode(data.charCodeAt(at - 1))) at--
  return data.charCodeAt(at - 1) === QUOTE && data.charCodeAt(data.length - 1) === 0x7d ? at : 0
}

/** The string stands in JSON as it is. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isPlainCode(text.charCodeAt(at))) return false
  return true
}

/** No quote, backslash or control character. */
function isPlainCode(code: number): boolean {
  return code >= 0x20 && code !== QUOTE && code !== BACKSLASH
}

/** The content of a chunk with one choice, without finish reason, usage, error or other generated text. */
function onlyContent(chunk: JsonObject): string | undefined {
  const { choices, usage, error } = chunk
  if (usage != null || error != null || !Array.isArray(choices) || choices.length !== 1) return undefined
  const choice: unknown = choices[0]
  if (!isObject(choice) || choice['finish_reason'] != null || choice['text'] != null || !isObject(choice['delta'])) return undefined
  const { content, role, ...others } = choice['delta']
  const silent = Object.values(others).every((value) => value == null || value === '')
  return typeof content === 'string' && silent && (role == null || typeof role === 'string') ? content : undefined
}
