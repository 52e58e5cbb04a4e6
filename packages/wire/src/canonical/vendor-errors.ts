import { isObject, type JsonObject } from '../json/object.ts'

/** Longer messages are cut. */
const LONGEST = 500

const WITHOUT_MESSAGE = 'the upstream reported an error without a message'

/** The message of an upstream's error, whatever shape it has: a string, `{message}`, `{error: {message}}`, `{detail}`. */
export function errorMessage(error: unknown): string {
  const text = findMessage(error)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function findMessage(error: unknown): string {
  if (typeof error === 'string') return error
  if (!isObject(error)) return WITHOUT_MESSAGE
  for (const name of ['message', 'detail', 'error']) {
    const value = error[name]
    if (typeof value === 'string' && value !== '') return value
    if (isObject(value)) return findMessage(value)
  }
  return WITHOUT_MESSAGE
}

/** What a vendor's words for errors stand for, in small letters: the status that such an error has where it is not told under another. */
export type ErrorStatuses = Readonly<Record<string, number>>

/**
 * The status that an error stands for which came under a success status, as the first event of a stream or in place of an
 * answer (E3): the number that it names itself, or what its name means. Undefined: it does not tell.
 */
export function errorStatus(error: unknown, statuses: ErrorStatuses = {}): number | undefined {
  if (!isObject(error)) return undefined
  const { error: inner } = error
  return (isObject(inner) ? statusIn(inner, statuses) : undefined) ?? statusIn(error, statuses)
}

function statusIn({ code, type, status }: JsonObject, statuses: ErrorStatuses): number | undefined {
  const told = [code, status].map(Number).find((number) => Number.isInteger(number) && number >= 400 && number <= 599)
  if (told !== undefined) return told
  const names = [code, type, status].filter((name) => typeof name === 'string').map((name) => name.toLowerCase())
  return names.map((name) => statuses[name]).find((known) => known !== undefined)
}
