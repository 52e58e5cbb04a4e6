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
