import type { Millis } from './clock.ts'

/** How an API or a model goes. */
export interface Retirement {
  /** `deprecated`: it is served, and its callers are told; `retired`: it is not served any more. */
  state: 'deprecated' | 'retired'
  /** Since when. */
  at: Millis
  /** When it is to be retired. */
  sunset?: Millis | undefined
  /** What takes its place: another API, or another model. */
  successor?: string | undefined
  /** A page that says how to move. */
  link?: string | undefined
}

/** How a route of an API goes. It belongs to a release, as the route does. Times are ISO 8601. */
export interface RouteRetirement {
  state: Retirement['state']
  since: string
  sunset?: string | undefined
  /** The path, below the prefix, of the route that takes its place; its parameters are those of the call with the same names. */
  successor?: string | undefined
  link?: string | undefined
}
