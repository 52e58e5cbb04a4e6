import { PlanBook, type Collected } from '@faregate/billing'
import type { AdminStore } from '@faregate/admin'
import type { Clock } from '@faregate/core'

/** What plans say of models, read from the database; payments are made by whoever is named later. */
export class Plans extends PlanBook {
  /** Pays what is due of a subscription. */
  collectBy: (id: string) => Promise<Collected>

  constructor({ read }: Pick<AdminStore, 'read'>, clock: Clock) {
    super(
      {
        plans: () => read.plans.list(),
        subscriptions: async (organization) =>
          (await read.subscriptions.ofOrganization(organization)).map(({ subscription }) => subscription),
        collect: (id) => this.collectBy(id),
      },
      clock,
    )
    this.collectBy = async () => 'nothing_due'
  }
}
