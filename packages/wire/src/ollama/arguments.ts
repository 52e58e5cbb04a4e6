import { isObject, type JsonObject } from '../json/object.ts'
import { parseExact } from '../json/exact.ts'

/** Arguments as Ollama has them, an object, as JSON text; some clients send the text itself. `{}` where there are none. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return isNothing(value) ? '{}' : value
  return value == null ? '{}' : JSON.stringify(value)
}

/** The object that a text of arguments is; undefined where it is none: cut off, or free text. */
export function argumentsObject(text: string): JsonObject | undefined {
  if (isNothing(text)) return {}
  try {
    const value = parseExact(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isNothing(text: string): boolean {
  return text.trim() === '' || text.trim() === 'null'
}
