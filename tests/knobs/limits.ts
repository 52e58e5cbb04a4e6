import assert from 'node:assert/strict'
import { say } from '../support/config.ts'
import type { NewLimit } from '../support/api.ts'
import type { Customer } from '../support/gateway.ts'
import { gate } from '../support/wait.ts'
import { answer, usage } from '../support/behaviours.ts'
import type { Knob, Knobs, Worlds } from './tuned.ts'

/** How many of so many calls are let through, one after the other. */
async function served({ tuned }: Worlds, customer: Customer, times: number, more: (call: number) => Call = () => ({})): Promise<number> {
  let sum = 0
  for (let call = 0; call < times; call++) {
    const { body, tags } = more(call)
    const sent = tags === undefined ? {} : { headers: { 'faregate-tags': tags } }
    const { status } = await tuned.chat(customer.key, { model: 'plain', max_tokens: 10, messages: say(), ...body }, sent)
    assert.ok(status === 200 || status === 429, String(status))
    if (status === 200) sum += 1
  }
  return sum
}

interface Call {
  body?: Record<string, unknown>
  tags?: string
}

/** Calls that a key with the limits lets through, and one with others. */
function lets(times: number, expected: [NewLimit, number][], more?: (call: number) => Call): Knob {
  return async (worlds) => {
    for (const [limit, count] of expected) {
      const customer = await worlds.tuned.customer('10.00', { limits: [limit] })
      assert.equal(await served(worlds, customer, times, more), count, JSON.stringify(limit))
    }
  }
}

/** The window decides how soon the second call comes through: `t` of the header says when. */
function window(per: NonNullable<NewLimit['per']>, seconds: number): Knob {
  return async ({ tuned }) => {
    const customer = await tuned.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per }] })
    const { headers } = await tuned.chat(customer.key, { model: 'plain', max_tokens: 10, messages: say() })
    assert.equal(headers['ratelimit-policy'], `"key-requests-${per}";q=1;w=${seconds}`)
    const wait = Number(/;t=(\d+)/.exec(String(headers['ratelimit']))?.[1])
    assert.ok(wait <= seconds && wait >= Math.floor(seconds * 0.05), `${wait} s`)
  }
}

const DAILY = { kind: 'requests', per: 'day' } as const

/** A limit is set on someone, then taken away: calls are refused, then are not. */
function owned(path: (customer: Customer) => string, made: (worlds: Worlds) => Promise<Customer>): Knob {
  return async (worlds) => {
    const { tuned } = worlds
    const customer = await made(worlds)
    await tuned.api.expect(200, 'PATCH', path(customer), { limits: [{ ...DAILY, amount: 1 }] })
    assert.equal(await served(worlds, customer, 3), 1)
    await tuned.api.expect(200, 'PATCH', path(customer), { limits: [] })
    assert.equal(await served(worlds, customer, 3), 3)
  }
}

/** A plan holds its subscribers to its limits, and nobody else. */
const ofPlan: Knob = async (worlds) => {
  const { api } = worlds.tuned
  const terms = { price: '0', period: 'free', models: ['plain'] }
  for (const [name, limits, count] of [
    ['held', [{ ...DAILY, amount: 1 }], 1],
    ['free', [], 3],
  ] as const) {
    await api.expect(201, 'POST', '/api/plans', { ...terms, name: `limits-${name}`, limits })
    const customer = await plainCustomer(worlds)
    await api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan: `limits-${name}` })
    assert.equal(await served(worlds, customer, 3), count)
  }
}

const plainCustomer = ({ tuned }: Worlds): Promise<Customer> => tuned.customer('10.00')

/** Made with its limit, an organization or an application holds it for every key. */
function born(inOrganization: object, inApplication: object): Knob {
  return async (worlds) => {
    const { api } = worlds.tuned
    const { id: organization } = await api.expect<{ id: string }>(201, 'POST', '/api/organizations', { name: 'Born', ...inOrganization })
    await api.grant(organization, '10.00')
    const body = { name: 'app', ...inApplication }
    const { id: application } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/applications`, body)
    const keys = await Promise.all([api.key(application), api.key(application)])
    const sums = []
    for (const { id, key } of keys) sums.push(await served(worlds, { organization, application, keyId: id, key }, 2))
    assert.deepEqual(sums, [1, 0])
  }
}

/** Every field of a limit, each value where there are few, and every call that sets one. */
export const LIMIT_KNOBS: Knobs = {
  'kind.requests': lets(4, [[{ ...DAILY, amount: 2 }, 2]]),
  'kind.tokens': lets(4, [
    // What is larger than the limit is let through once, when nothing is used; what was not used is given back.
    [{ kind: 'tokens', amount: 20, per: 'day' }, 1],
    [{ kind: 'tokens', amount: 2_000, per: 'day' }, 4],
  ]),
  'kind.concurrency': async (worlds) => {
    const { upstream, tuned } = worlds
    const customer = await tuned.customer('10.00', { limits: [{ kind: 'concurrency', amount: 1 }] })
    const release = gate()
    upstream.on('held', answer(usage(0, 1), { after: release.promise }))
    await tuned.api.expect(201, 'POST', '/api/models', {
      name: 'held',
      deployments: [{ provider: 'one', model: 'held' }],
      price: { input: '0', output: '1' },
    })
    const calls = Array.from({ length: 3 }, async () => {
      const { status } = await tuned.chat(customer.key, { model: 'held', max_tokens: 10, messages: say() })
      if (status === 429) release.open()
      return status
    })
    assert.deepEqual(
      (await Promise.all(calls)).toSorted((a, b) => a - b),
      [200, 429, 429],
    )
    assert.equal(await served(worlds, customer, 3), 3)
  },
  amount: lets(5, [
    [{ ...DAILY, amount: 1 }, 1],
    [{ ...DAILY, amount: 3 }, 3],
  ]),
  burst: lets(5, [
    [{ ...DAILY, amount: 4, burst: 1 }, 1],
    [{ ...DAILY, amount: 1, burst: 4 }, 4],
  ]),
  'per.second': window('second', 1),
  'per.minute': window('minute', 60),
  'per.hour': window('hour', 3_600),
  'per.day': window('day', 86_400),
  'by.user': lets(
    4,
    [
      [{ ...DAILY, amount: 1 }, 1],
      [{ ...DAILY, amount: 1, by: 'user' }, 2],
    ],
    (call) => ({ body: { user: `user-${call % 2}` } }),
  ),
  'by.tag': lets(
    4,
    [
      [{ ...DAILY, amount: 1 }, 1],
      [{ ...DAILY, amount: 1, by: 'tag' }, 2],
    ],
    (call) => ({ tags: `tag-${call % 2}` }),
  ),
  'createPlan.limits': ofPlan,
  'createKey.limits': (worlds) => LIMIT_KNOBS['amount']?.(worlds) ?? assert.fail(),
  'updateKey.limits': owned(({ keyId }) => `/api/keys/${keyId}`, plainCustomer),
  'createApplication.limits': born({}, { limits: [{ ...DAILY, amount: 1 }] }),
  'updateApplication.limits': owned(({ application }) => `/api/applications/${application}`, plainCustomer),
  'createOrganization.limits': born({ limits: [{ ...DAILY, amount: 1 }] }, {}),
  'updateOrganization.limits': owned(({ organization }) => `/api/organizations/${organization}`, plainCustomer),
}
