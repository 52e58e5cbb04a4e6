import { DEFAULT_DISCLOSURE, parseDecimal, walletOf } from '@faregate/core'
import { billingOf, billToOf } from '../billing-terms.ts'
import { freshId, type Handlers } from '../call.ts'
import { capOf } from '../caps.ts'
import { change } from '../change.ts'
import { requirePermission } from '../credential.ts'
import { submit } from '../operation.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentOrganization } from '../present/tenants.ts'
import { overridesOf } from '../price-terms.ts'
import { invalid } from '../refusal.ts'

export const organizations: Handlers<'listOrganizations' | 'createOrganization'> = {
  async listOrganizations({ deps, credential, query }) {
    const rows = await deps.store.read.organizations.list(pagingOf(query), credential.organization ?? undefined)
    return pageOf(rows, query.limit, ({ id }) => id, presentOrganization)
  },

  async createOrganization(call) {
    const { deps, body } = call
    if (body.currency !== undefined && body.currency !== deps.currency) {
      return invalid('/currency', `this installation's one currency is ${deps.currency}`)
    }
    if (body.billing !== undefined) requirePermission(call.credential, 'money:write')
    const billing = billingOf(body.billing)
    const overdraft = parseDecimal(body.overdraft ?? '0') ?? 0n
    const row = {
      id: freshId(call, 'org'),
      name: body.name,
      currency: deps.currency,
      zone: body.zone ?? 'UTC',
      overdraft,
      limits: body.limits ?? [],
      suspended: null,
      cap: capOf(body.cap ?? null),
      userCap: capOf(body.userCap ?? null),
      tagCap: capOf(body.tagCap ?? null),
      priceFactor: body.priceFactor ?? '1',
      prices: overridesOf(body.prices ?? []),
      disclosure: body.disclosure ?? DEFAULT_DISCLOSURE,
      billing,
      billTo: billToOf({ name: null, address: null, taxNumber: null }, body.billTo),
      createdAt: deps.clock.now(),
    }
    // The wallet first: one without an organization harms nobody, an organization without a wallet could not be paid for.
    const { creditLimit } = billing
    await submit(call, { type: 'wallet', account: walletOf(row.id), unit: deps.currency, overdraft, creditLimit })
    return change(call, async (trx) => {
      await trx.insertOrganization(row)
      const answer = presentOrganization(row)
      return {
        event: { action: 'organization.create', subject: row.id, organization: row.id, after: { ...answer, overdraft: body.overdraft } },
        answer,
      }
    })
  },
}
