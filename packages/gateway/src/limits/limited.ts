import type { Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'

/** A request as far as limits see it. */
export interface Limited {
  key: KeyEntry
  /** The end user whom it names. */
  user: string | null
  /** The most tokens that it may use, asked where a limit counts them; absent: it uses none. */
  tokens?: () => number
  /** What balances have against it, asked where a limit refuses it; absent: it touches none. */
  moneyBlocker?: () => Promise<Denial | undefined>
}
