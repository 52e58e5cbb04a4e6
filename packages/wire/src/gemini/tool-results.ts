import { parseObject, type JsonObject } from '../json/object.ts'

/** Under which members of `functionResponse.response` the result itself stands, where it is no object of its own. */
const WRAPPERS = ['result', 'output']

/** Numbers longer than this lose digits when they are read: such a text is passed on as it is. */
const LONG_NUMBER = /\d{16}/

/**
 * What a tool gave back, as the object that the vendor wants (T3): the object that a text is the JSON of, else the text or
 * the list as `result`; of a tool that failed, as `error`.
 */
export function responseOf(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text }
  if (LONG_NUMBER.test(text)) return { result: text }
  return parseObject(text) ?? { result: parseArray(text) ?? text }
}

/** The text of a `functionResponse.response`, without what alone it is wrapped in, and whether it tells of an error. */
export function resultText(response: JsonObject): { text: string; isError: boolean } {
  const isError = response['error'] != null
  const [name = '', ...others] = Object.keys(response)
  const value = response[name]
  const alone = others.length === 0 && (typeof value === 'string' || Array.isArray(value))
  return { text: alone && (isError || WRAPPERS.includes(name)) ? textOf(value) : JSON.stringify(response), isError }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function parseArray(text: string): unknown[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
