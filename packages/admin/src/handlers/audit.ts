import { ownOrganization, type Handlers } from '../call.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentAudit } from '../present/records.ts'

export const audit: Handlers<'listAudit' | 'verifyAudit'> = {
  async listAudit(call) {
    const { limit, cursor, subject, organization } = call.query
    const filter = { subject, organization: ownOrganization(call, organization) }
    const rows = await call.deps.store.read.audit.list(pagingOf({ limit, cursor }), filter)
    return pageOf(rows, limit, ({ seq }) => seq.toString(), presentAudit)
  },

  async verifyAudit({ deps }) {
    const broken = await deps.store.read.audit.broken()
    return { ok: broken === undefined, brokenAt: broken === undefined ? null : broken.toString() }
  },
}
