import type { PlanVersion, Subscription } from '@faregate/billing'
import type { Millis } from '@faregate/core'
import type { Paging } from './ports.ts'

/** A subscription as it is kept. */
export interface SubscriptionRow {
  subscription: Subscription
  /** Grows with every change; a change names the one that it has read. */
  revision: number
  /** When something may have to be paid; null: nothing will. */
  lookAt: Millis | null
  /** When it stands differently by the passing of time; null: never. */
  turnsAt: Millis | null
  /** How it stood when that was told last; null: never. */
  told: string | null
}

/** What is asked of plans and subscriptions. */
export interface PlanQueries {
  plans: {
    /** The newest version, or the one that is named. */
    get(name: string, version?: number): Promise<PlanVersion | undefined>
    /** Every version of every plan. */
    list(): Promise<PlanVersion[]>
  }
  subscriptions: {
    get(id: string): Promise<SubscriptionRow | undefined>
    list(paging: Paging, organization: string): Promise<SubscriptionRow[]>
    ofOrganization(organization: string): Promise<SubscriptionRow[]>
    /** Those of any version of these plans. */
    ofPlans(names: readonly string[]): Promise<SubscriptionRow[]>
    /** To any version of a plan. */
    ofPlan(paging: Paging, plan: string): Promise<SubscriptionRow[]>
    /** Those of which something may have to be paid by now. */
    toLookAt(now: Millis, limit: number): Promise<SubscriptionRow[]>
    /** Those that may stand differently by now. */
    toTurn(now: Millis, limit: number): Promise<SubscriptionRow[]>
  }
}

/** What can be changed of them, in a transaction. */
export interface PlanChanges {
  insertPlan(plan: PlanVersion): Promise<void>
  insertSubscription(row: SubscriptionRow): Promise<void>
  /** Whether the row was still the one whose revision is named. */
  updateSubscription(row: SubscriptionRow): Promise<boolean>
  /** Looks at it again later; changes nothing else. */
  postponeSubscription(id: string, lookAt: Millis): Promise<void>
}
