import assert from 'node:assert/strict'
import type { ManagementApi } from './api.ts'
import type { Customer, Gateway } from './gateway.ts'

/** Whom a fix names, and the role by which a member is that one. Whoever may have keys at all owns one. */
const ROLES: Record<string, string> = {
  key_owner: 'developer',
  team_admin: 'team_admin',
  org_admin: 'org_admin',
  billing_admin: 'billing_admin',
  publisher: 'publisher',
}

let made = 0

/**
 * The management token of whom a fix names: the operator's own, or that of a new member of the customer's organization with that
 * role; the admin of a team is so in the team of the customer's application alone.
 */
export async function actAs(by: string, gateway: Gateway, customer: Customer | undefined): Promise<string> {
  if (by === 'operator') return gateway.token
  const role = ROLES[by]
  assert.ok(role && customer, `nobody who is "${by}" has a management token`)
  const { api } = gateway
  const person = { name: by, email: `${by}-${made++}@example.com`, role }
  const team = by === 'team_admin' ? { team: await teamOf(api, customer) } : {}
  const { id } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${customer.organization}/members`, {
    ...person,
    ...team,
  })
  return (await api.expect<{ token: string }>(201, 'POST', `/api/members/${id}/tokens`, { name: by })).token
}

async function teamOf(api: ManagementApi, { application }: Customer): Promise<string> {
  const { team } = await api.expect<{ team: string | null }>(200, 'GET', `/api/applications/${application}`)
  assert.ok(team, 'there is a team of which somebody is the admin')
  return team
}
