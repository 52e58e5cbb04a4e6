import assert from 'node:assert/strict'
import type { DenialCode } from '../../packages/core/src/index.ts'
import type { NewKey } from '../support/api.ts'
import type { Customer } from '../support/gateway.ts'
import { carryOutFirst } from './carry-out.ts'
import type { ModelCall } from './surfaces.ts'
import { BODY, fixesOf } from './world.ts'
import type { Case, World } from './world.ts'

const CAP = { amount: '0.004', period: 'month' } as const

/** A customer with a key, made otherwise than usual; the first fix is somebody's. */
function mendedBy(by: string, prepare: (world: World, customer: Customer) => Promise<NewKey>, call: Pick<ModelCall, 'user'> = {}): Case {
  return async (world) => {
    const { gateway } = world
    const someone = await gateway.customer('1.00')
    const made = await gateway.api.key(someone.application, await prepare(world, someone))
    const customer = { ...someone, keyId: made.id, key: made.key }
    const again = () => gateway.chat(customer.key, { ...BODY, ...call })
    const refused = await again()
    assert.equal(fixesOf(refused)[0]?.by, by)
    return { answer: refused, customer, call, mend: () => carryOutFirst({ gateway, customer }, refused).then(again) }
  }
}

/** The same code for another reason, which somebody else, or another command, mends. */
export const VARIANTS: Record<string, [DenialCode, Case]> = {
  'by the scopes of the key': ['permission_denied', mendedBy('org_admin', async () => ({ scopes: ['list', 'key'] }))],
  'by the address of the caller': [
    'permission_denied',
    mendedBy('org_admin', async () => ({ addresses: ['10.0.0.0/8', '2001:db8::/32'] })),
  ],
  'of a key in a team': [
    'cap_key',
    mendedBy('team_admin', async ({ gateway: { api } }, { organization, application }) => {
      const { id } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/teams`, { name: 'Own' })
      await api.expect(200, 'PATCH', `/api/applications/${application}`, { team: id })
      return { cap: CAP }
    }),
  ],
  'of a member': [
    'cap_user',
    mendedBy('org_admin', async ({ gateway: { api } }, { organization }) => {
      const person = { name: 'Ann', email: 'ann@example.com', role: 'developer', cap: CAP }
      const { id } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/members`, person)
      return { member: id }
    }),
  ],
  'of a named end user': [
    'cap_user',
    mendedBy(
      'org_admin',
      async ({ gateway: { api } }, { organization }) => {
        await api.expect(200, 'PUT', `/api/organizations/${organization}/users/${encodeURIComponent("ann's $(id)")}/cap`, CAP)
        return {}
      },
      { user: "ann's $(id)" },
    ),
  ],
}
