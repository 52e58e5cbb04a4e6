import type { KeyScope, Product } from '@faregate/core'

/** The steps of a request, in order. How far one has come is all that is kept of its way until it is refused. */
export const STEPS = [
  'route',
  'credential',
  'request',
  'configuration',
  'permission',
  'subscription',
  'endpoint',
  'limits',
  'hold',
  'upstream',
  'settle',
] as const

export type Step = (typeof STEPS)[number]

/** What a key is used for, as far as that decides whether it may be. */
export interface Use {
  scope: KeyScope
  /** Where the request comes from. */
  address: string
  product?: Product
  /** Whether the organization has to be in good standing for it. */
  standing?: true
  /** It costs nothing, and is sold by no plan. */
  free?: boolean
}
