import type { Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Settings } from './deps.ts'

/** Whether the operator lets the organization of this key make calls at all. */
export function checkStanding(settings: Settings, { organization, lastFour }: KeyEntry): Denial | undefined {
  if (organization.suspended === null) return undefined
  const { contact } = settings.billing
  return {
    code: 'account_suspended',
    detail: `${organization.name} is suspended by the operator: ${organization.suspended}`,
    scope: { level: 'org', id: organization.id, key: `…${lastFour}` },
    fixes: [
      {
        kind: 'change_policy',
        action: 'resume_organization',
        by: 'operator',
        canYou: false,
        method: 'POST',
        path: `/api/organizations/${organization.id}/resume`,
        command: `faregate org resume ${organization.id}`,
        ...(contact === undefined ? {} : { contact }),
      },
    ],
  }
}
