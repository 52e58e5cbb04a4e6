import type { Int } from './schema.ts'

/** Credit that is ordered, for somebody to pay; written before the rail is asked. */
export interface TopUpsTable {
  id: string
  organization_id: string
  rail: string
  amount: Int
  created_at: Int
}

/** That it was paid, once: written with the grant that it became. */
export interface TopUpEndsTable {
  top_up_id: string
  grant_id: string
  /** What the rail calls the payment. */
  reference: string
  at: Int
}
