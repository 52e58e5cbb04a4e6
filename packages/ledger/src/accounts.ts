import type { Nano } from '@faregate/core'

/**
 * Everything countable is a balance: an account counts one unit
 * (`USD` for wallets, `cap:USD` for spend caps), in whole nano-units for money.
 * `available = granted − expired − posted − held`, always (money.md M2).
 */
export interface Account {
  id: string
  unit: string
  kind: 'wallet' | 'cap'
  granted: Nano
  expired: Nano
  posted: Nano
  held: Nano
  /** How far below zero an excess may take a wallet (M6). */
  overdraft: Nano
  /** How far below zero a hold may take a wallet in arrears (M4). */
  creditLimit: Nano
}

/** Periods of the calendar (M8). */
export type Period = 'day' | 'week' | 'month' | 'total'

/** Months from an anchor, as ISO 8601 writes what repeats: `R/2027-01-31T00:00:00.000Z/P1M`. The quotas of a subscription follow it. */
export type Repeating = `R/${string}/P${number}M`

/**
 * Which account a leg touches. A cap is named by its base and its period; the account of the running
 * period, `<base>@<start>`, is made by its first hold, from the batch's own time.
 */
export type AccountRef =
  | { kind: 'wallet'; id: string; unit: string }
  | {
      kind: 'cap'
      base: string
      unit: string
      period: Period | Repeating
      zone: string
      limit: Nano
      /** Of a quota, which counts something else than money: its unit begins with `quota:`. */
      measure?: Measure
    }

/** Amounts are linear in the number of output steps: ceil((fixed + perStep × steps) / 1,000,000). */
export interface Measure {
  /** Nano-units × 1e6. */
  fixed: bigint
  /** Nano-units × 1e6 per step. */
  perStep: bigint
}

/** What was used, by the unit of the quotas that count it: `quota:requests`, `quota:tokens`. */
export type Counts = Readonly<Record<string, bigint>>

/**
 * JSON text that is kept with an entry and never interpreted: key, application, organization, model, price version. As
 * text, because it is written by one side, carried by many, and read only when a record has to be rebuilt.
 */
export type Memo = string
