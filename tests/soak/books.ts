import { PRICE } from '../money/many-streams.ts'
import { charge, tokens } from '../support/auditor.ts'
import type { Usage } from '../support/auditor.ts'

/** What a customer must have been charged, in units of 1e-9, summed from what the upstream sent and what callers received. */
export interface Books {
  /** Answers that a caller got whole, which cost their usage, whatever happened to others. */
  least: bigint
  /** Everything that the upstream made or told, whoever got it. */
  most: bigint
  calls: number
  wholes: number
}

export function newBooks(): Books {
  return { least: 0n, most: 0n, calls: 0, wholes: 0 }
}

/** The upstream answered a call: `words` is what it sent in all, `usage` what it told, if it did. */
export function noteCall(books: Books, words: number, usage: Usage | undefined): void {
  const told = usage === undefined ? 0n : charge(PRICE, usage)
  const sent = tokens(words, PRICE.output)
  books.calls++
  books.most += told > sent ? told : sent
}

/** A caller got an answer to its end. */
export function noteWhole(books: Books, usage: Usage): void {
  books.wholes++
  books.least += charge(PRICE, usage)
}
