import type { Target } from '../dialect.ts'
import type { Unsupported } from '../canonical/unsupported.ts'

/** What a request is encoded with: whom it is for, and what cannot be carried there. */
export class Encoding {
  readonly target: Target
  readonly unsupported: Unsupported[] = []
  /** Names of the functions that were called, by the id of the call: results are sent under both. */
  readonly callNames = new Map<string, string>()

  constructor(target: Target) {
    this.target = target
  }

  /** Notes what is left out. */
  leaveOut(at: string, what: string, why?: string): void {
    this.unsupported.push({ at, what, ...(why === undefined ? {} : { why }) })
  }
}
