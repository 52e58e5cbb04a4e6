import { isObject } from './input.ts'
import type { JsonObject } from './input.ts'

/** Streams whose chunks differ in more than their content are not worth learning from. */
const MOST_MISSES = 8
const MARK = '\u2063fg\u2063'

/**
 * Most chunks of a stream are equal but for `choices[0].delta.content`. What stands before and after that string is
 * learnt from one parsed chunk; a chunk with the same bytes around a string that needs no unescaping has, by
 * construction, the same parse but for its content, so it need not be parsed. Anything else is left to the parser.
 */
export class ContentTemplate {
  private before = ''
  private after = ''
  private misses = 0

  /** The content of the chunk, if it fits the template; undefined if it has to be parsed. */
  match(data: string): string | undefined {
    if (this.before === '' || !data.endsWith(this.after) || !data.startsWith(this.before)) return undefined
    if (data.length < this.before.length + this.after.length) return undefined
    const content = data.slice(this.before.length, data.length - this.after.length)
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
    const before = data.slice(0, start)
    const after = data.slice(start + content.length)
    // The string that was found may be another one of the same name: only the one that changes the content counts.
    if (onlyContent(JSON.parse(`${before}${MARK}${after}`) as JsonObject) !== MARK) return
    this.before = before
    this.after = after
  }
}

/** No quote, backslash or control character: the string stands in JSON as it is. */
function isPlain(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what JSON escapes
  return !/["\\\u0000-\u001f]/.test(text)
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
