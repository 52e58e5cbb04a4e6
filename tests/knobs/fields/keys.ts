import { ISSUER } from '../../apis/callers/issuer.ts'
import type { Customer } from '../../support/gateway.ts'
import { capRows, limitRows, type Having } from './shared.ts'
import { fromNow, type FieldWorld, type Row, type Rows } from './world.ts'

const created: Having = (world, members, credit) => world.customer({}, members, credit)

const updated: Having = async (world, members, credit) => {
  const customer = await world.customer({}, {}, credit)
  await world.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, members)
  return customer
}

function rowsOf(having: Having): Rows {
  const row = (
    name: string,
    a: unknown,
    b: unknown,
    see: (world: FieldWorld, customer: Customer) => Promise<unknown>,
  ): Record<string, Row> => ({
    [name]: {
      a,
      b,
      see: async (world, value) => see(world, await having(world, { [name.replace('[]', '')]: name.endsWith('[]') ? [value] : value })),
    },
  })
  const code = async (world: FieldWorld, customer: Customer): Promise<string> => (await world.call(customer)).code
  return {
    ...row('name', 'one', 'two', async (world, customer) => (await world.self(customer))['name']),
    ...row('scopes[]', 'models', 'key', code),
    ...row('addresses[]', '127.0.0.0/8', '10.0.0.1', code),
    ...row('models[]', 'plain', 'other', code),
    ...row('apis[]', 'knob', 'other', async (world, customer) => (await world.callApi(customer)).code),
    ...identityRows(having),
    ...row('expiresAt', fromNow(-1), fromNow(1), code),
    ...limitRows(having),
    ...capRows('cap', having),
  }
}

/** For whom a key stands: a token of `ISSUER` for `ann` is served, or is not. */
function identityRows(having: Having): Rows {
  const see = (identity: (value: unknown, fresh: string) => object) => async (world: FieldWorld, value: unknown) => {
    const fresh = world.fresh('ann')
    const { keyId } = await having(world, { identity: identity(value, fresh) })
    const code = await world.callVouched(fresh)
    await world.api.expect(200, 'PATCH', `/api/keys/${keyId}`, { identity: null })
    return code
  }
  return {
    'identity.issuer': { a: ISSUER, b: 'https://other.example', see: see((issuer, subject) => ({ issuer, subject })) },
    'identity.subject': {
      a: 'whom the token names',
      b: 'somebody else',
      see: see((value, fresh) => ({ issuer: ISSUER, subject: value === 'somebody else' ? `no ${fresh}` : fresh })),
    },
  }
}

/** A key that was replaced, and the one in its place. */
async function rotated(world: FieldWorld, members: Record<string, unknown>): Promise<{ old: Customer; key: string }> {
  const old = await world.customer()
  const { key } = await world.api.expect<{ key: string }>(201, 'POST', `/api/keys/${old.keyId}/rotate`, members)
  return { old, key }
}

/** Every field of the calls that make, change and replace a key. */
export const KEY_ROWS: Record<string, Rows> = {
  createKey: {
    ...rowsOf(created),
    stage: {
      a: 'production',
      b: 'staging',
      see: async (world, stage) => (await world.callApi(await created(world, { stage }))).code,
    },
    member: {
      a: true,
      b: false,
      see: async (world, wanted) => {
        const { organization, application } = await world.customer()
        const cap = { amount: '0.001', period: 'total' }
        const body = { name: 'Ann', email: `${world.fresh('ann')}@example.com`, role: 'developer', cap }
        const { id } = await world.api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/members`, body)
        const { key } = await world.api.key(application, wanted === true ? { member: id } : {})
        return (await world.call({ key })).code
      },
    },
  },
  updateKey: {
    ...rowsOf(updated),
    enabled: { a: true, b: false, see: async (world, enabled) => (await world.call(await updated(world, { enabled }))).code },
  },
  rotateKey: {
    overlapSeconds: {
      a: 0,
      b: 60,
      see: async (world, overlapSeconds) => (await world.call((await rotated(world, { overlapSeconds })).old)).code,
    },
    expiresAt: {
      a: fromNow(-1),
      b: fromNow(1),
      see: async (world, expiresAt) => (await world.call(await rotated(world, { expiresAt }))).code,
    },
  },
}
