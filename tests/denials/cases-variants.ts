import assert from 'node:assert/strict'
import type { DenialCode } from '../../packages/core/src/index.ts'
import type { NewKey } from '../support/api.ts'
import type { Customer } from '../support/gateway.ts'
import { besideRunning } from './beside-running.ts'
import { carryOut, mendedByFirst } from './carry-out.ts'
import type { ModelCall, Surface } from './surfaces.ts'
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
    return mendedByFirst({ gateway, customer }, refused, again, { call })
  }
}

/** A customer in a team, or in none, with one request running where only one may; more limits stand beside that one. */
function limitRaisedBy(by: string, of: 'key' | 'application' | 'organization', inTeam = false): Case {
  return async (world) => {
    const { api } = world.gateway
    const limits = [
      { kind: 'concurrency', amount: 1 } as const,
      { kind: 'requests', amount: 500, per: 'day', burst: 400, by: 'user' } as const,
    ]
    const customer = await world.gateway.customer('1.00', of === 'key' ? { limits } : {})
    const paths = {
      key: `/api/keys/${customer.keyId}`,
      application: `/api/applications/${customer.application}`,
      organization: `/api/organizations/${customer.organization}`,
    }
    if (of !== 'key') await api.expect(200, 'PATCH', paths[of], { limits })
    if (inTeam) {
      const { id } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${customer.organization}/teams`, { name: 'Own' })
      await api.expect(200, 'PATCH', `/api/applications/${customer.application}`, { team: id })
    }
    const { refused, served, repeat } = await besideRunning(world, customer)
    const fix = fixesOf(refused).find(({ action }) => action === 'raise_limit')
    assert.ok(fix, refused.text)
    assert.deepEqual([fix.by, fix.to], [by, 2])
    const explained = (surface: Surface) => repeat(surface).then((found) => ({ explained: found, refused }))
    return {
      answer: refused,
      customer,
      served,
      repeat,
      explained,
      async mend() {
        await carryOut({ gateway: world.gateway, customer }, fix)
        const raised = await api.expect<{ limits: unknown[] }>(200, 'GET', paths[of])
        assert.deepEqual(raised.limits, [{ ...limits[0], amount: 2 }, limits[1]], 'the other one is as it was')
        return (await besideRunning(world, customer)).refused
      },
    }
  }
}

/** The same code for another reason, which somebody else, or another command, mends. */
export const VARIANTS: Record<string, [DenialCode, Case]> = {
  'by a limit of the key, which is raised': ['concurrency_limited', limitRaisedBy('org_admin', 'key')],
  'by a limit of a key in a team, which is raised': ['concurrency_limited', limitRaisedBy('team_admin', 'key', true)],
  'by a limit of the application, which is raised': ['concurrency_limited', limitRaisedBy('org_admin', 'application')],
  'by a limit of an application in a team, which is raised': ['concurrency_limited', limitRaisedBy('team_admin', 'application', true)],
  'by a limit of the organization, which is raised': ['concurrency_limited', limitRaisedBy('operator', 'organization')],
  'by the scopes of the key': ['permission_denied', mendedBy('org_admin', async () => ({ scopes: ['list', 'key', 'explain'] }))],
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
