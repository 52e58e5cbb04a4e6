import { visibleOrganization, type Handlers } from '../call.ts'
import { unpaidInvoices } from '../invoicing.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentInvoice } from '../present/invoices.ts'

export const organizationsIdInvoices: Handlers<'listInvoices'> = {
  async listInvoices(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    const { store, clock } = call.deps
    const { limit, before } = pagingOf(call.query)
    const rows = await store.read.invoices.list({ limit, ...(/^\d{1,12}$/.test(before ?? '') ? { before } : {}) }, id)
    const unpaid = await unpaidInvoices(store.read, id, clock.now())
    return pageOf(
      rows,
      call.query.limit,
      ({ number }) => String(number),
      (row) => presentInvoice(row, unpaid),
    )
  },
}
