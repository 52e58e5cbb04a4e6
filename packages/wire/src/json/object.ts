export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text that a value is; empty where it is none. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The object that this is the JSON text of; undefined where it is none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether a member of this name occurs anywhere in the value. */
export function hasMember(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (!Array.isArray(value) && Object.hasOwn(value, name)) return true
  return Object.values(value).some((nested) => hasMember(nested, name))
}
