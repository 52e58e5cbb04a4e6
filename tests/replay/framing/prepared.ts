import type { Framing, Route } from '../types.ts'

/** What happens on the connection, one after the other. */
export type Step = Buffer | 'reset' | 'close' | 'hang' | 'end'

/** An answer that is ready to be sent: head, then steps. `head: false` never sends one. */
export interface Prepared {
  status: number
  headers: Record<string, string>
  steps: Step[]
  head: boolean
}

/** What a fault may look at. */
export interface FaultContext {
  route: Route
  framing: Framing | undefined
  /** What stands behind the fault's name: `cut:3`. */
  argument: string
  /** Milliseconds since 1970. */
  now: number
}
