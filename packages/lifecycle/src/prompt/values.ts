import type { PromptValue, PromptVariable } from '@faregate/core'

interface Kind {
  /** Goes on after "takes". */
  says: string
  example: PromptValue
  fits(value: unknown): boolean
}

const KINDS: Record<PromptVariable['type'], Kind> = {
  string: { says: 'a string', example: '…', fits: (value) => typeof value === 'string' },
  // Larger ones come out of JSON as others than were sent.
  integer: { says: 'an integer', example: 1, fits: (value) => Number.isSafeInteger(value) },
  number: { says: 'a number', example: 0.5, fits: (value) => Number.isFinite(value) },
  boolean: { says: 'true or false', example: true, fits: (value) => typeof value === 'boolean' },
}

/** What a variable takes, in words: `a string`, `one of "de", "en"`. */
export function takenBy({ type, enum: choices }: PromptVariable): string {
  return choices === undefined ? KINDS[type].says : `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`
}

/** A value that a variable takes. */
export function exampleFor({ type, enum: choices }: PromptVariable): PromptValue {
  return choices?.[0] ?? KINDS[type].example
}

export function fits({ type, enum: choices }: PromptVariable, value: unknown): value is PromptValue {
  return KINDS[type].fits(value) && (choices === undefined || choices.some((choice) => choice === value))
}

/** What kind of value it is, and nothing of what is in it. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? 'a string' : typeof value === 'boolean' ? 'true or false' : 'a number'
}
