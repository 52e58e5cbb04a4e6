import type { Int, IntOrNull, Json } from './schema.ts'

export interface PlanTables {
  plans: PlansTable
  subscriptions: SubscriptionsTable
}

/** One version of a plan; no row is ever updated. */
export interface PlansTable {
  name: string
  version: Int
  terms: Json
  created_at: Int
}

export interface SubscriptionsTable {
  id: string
  organization_id: string
  plan: string
  version: Int
  /** What is known of it beside the columns. */
  facts: Json
  /** Grows with every change. */
  revision: Int
  /** When something may have to be paid; null: nothing will, until it is changed. */
  look_at: IntOrNull
  /** When it stands differently by the passing of time; null: never, until it is changed. */
  turns_at: IntOrNull
  /** How it stood when that was told last. */
  told: string | null
  created_at: Int
}
