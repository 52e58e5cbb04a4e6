/** Something in which two versions of an API differ. */
export interface ApiChange {
  /** `documentation`: nobody's call is answered otherwise. */
  kind: 'added' | 'removed' | 'changed' | 'documentation'
  /** Whether a client that was right before may fail now. */
  breaking: boolean
  /** Where, in words: `GET /forecast/{city}, answer 200, body.celsius`. */
  at: string
  what: string
}

/** Who sends what is described: callers may be stricter than they must, answers looser than they were is what breaks them. */
export type Direction = 'request' | 'answer'

export function added(at: string, what: string, breaking = false): ApiChange {
  return { kind: 'added', breaking, at, what }
}

export function removed(at: string, what: string, breaking = true): ApiChange {
  return { kind: 'removed', breaking, at, what }
}

export function changed(at: string, what: string, breaking: boolean): ApiChange {
  return { kind: 'changed', breaking, at, what }
}
