import type { Turn } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { Quirks } from '../dialect.ts'

/** One request on its way to a vendor: what the vendor takes, and what it was spared. */
export class Encoding {
  readonly quirks: Quirks
  readonly unsupported: Unsupported[] = []
  readonly #refused: ReadonlySet<string>

  constructor(quirks: Quirks) {
    this.quirks = quirks
    this.#refused = new Set(quirks.refuses)
  }

  /** Whether the vendor refuses what has this name in the neutral form. */
  refuses(name: string): boolean {
    return this.#refused.has(name)
  }

  /** Who speaks in a turn, where the vendor takes that. */
  nameOf({ name, at }: Turn): string | undefined {
    if (name === undefined || !this.refuses('name')) return name
    return this.drop(`${at}/name`, 'the name of a speaker', REFUSED)
  }

  /** Names something that is left out. */
  drop(at: string, what: string, why?: string): undefined {
    this.unsupported.push(why === undefined ? { at, what } : { at, what, why })
    return undefined
  }
}

/** Why something is left out that other vendors of this dialect take. */
export const REFUSED = 'the vendor does not take it'
