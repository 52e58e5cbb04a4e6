import { isObject } from '../json/object.ts'

const LONGEST = 500

/** The message of an upstream's error, whatever shape it has: a string, `{message}`, `{error: {message}}`, `{detail}`. */
export function errorMessage(error: unknown): string {
  const text = findMessage(error)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function findMessage(error: unknown): string {
  if (typeof error === 'string') return error
  if (!isObject(error)) return 'the upstream reported an error without a message'
  for (const name of ['message', 'detail', 'error']) {
    const value = error[name]
    if (typeof value === 'string' && value !== '') return value
    if (isObject(value)) return findMessage(value)
  }
  return 'the upstream reported an error without a message'
}
