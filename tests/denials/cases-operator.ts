import assert from 'node:assert/strict'
import { either, usage } from '../support/behaviours.ts'
import { openaiError, resetBeforeHead, silentBeforeHead, status } from '../support/faults.ts'
import { json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { lockDatabase } from '../support/lock-database.ts'
import type { Behaviour } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'
import { mendedByFirst } from './carry-out.ts'
import { callOf } from './envelopes.ts'
import { callAt } from './surfaces.ts'
import { BODY, codeOf, COARSE, fixesOf, sender } from './world.ts'
import type { Case, Made, World } from './world.ts'

/** The upstream fails in some way, and what mends that: waiting until it is well, or what the operator does. */
function upstreamFault(fault: Behaviour, action = 'retry'): Case {
  return async (world) => {
    const customer = await world.gateway.customer('1.00')
    const whileFailing = async (call: () => Promise<Answer>): Promise<Answer> => {
      world.upstream.on('plain', fault)
      const refused = await call()
      world.upstream.on('plain', either(5, { usage: usage(0, 5) }))
      return refused
    }
    const again = sender(world, customer)
    const refused = await whileFailing(again)
    // The provider's own answer is passed on, and says itself what is wrong.
    if (codeOf(refused) !== 'provider_rejected') assertFirst(refused, action)
    return {
      answer: refused,
      customer,
      repeat: (surface) => whileFailing(() => callAt(world.gateway, surface, callOf({ customer }))),
      mend: () => eventually(async () => served(await again()), 10_000, 250),
    }
  }
}

/** What the operator is to do is told to callers by name alone; the case that does it does what that name says. */
function assertFirst(refused: Answer, action: string): void {
  const [fix] = fixesOf(refused)
  const [kind, by] = action === 'retry' ? ['wait', 'caller'] : ['configure', 'operator']
  assert.deepEqual([fix?.kind, fix?.action, fix?.by], [kind, action, by])
}

function served(result: Answer): Answer {
  assert.equal(result.status, 200, result.text)
  return result
}

/** A model is configured wrongly, and the operator does at run time what the first fix names. */
async function operatorMends(world: World, model: string, action: string, mend: () => Promise<unknown>): Promise<Made> {
  const customer = await world.gateway.customer('1.00')
  const again = sender(world, customer, { ...BODY, model })
  const refused = await again()
  assertFirst(refused, action)
  assert.ok(!refused.text.includes('ghost'), "the caller is not told of the operator's configuration")
  return {
    answer: refused,
    customer,
    call: { model },
    mend: async () => {
      await mend()
      return again()
    },
  }
}

/** Refusals that the operator or the upstream mends, and those of the management API. */
export const OPERATOR_CASES: Record<string, Case> = {
  gateway_misconfigured: (world) =>
    operatorMends(world, 'orphan', 'mend_model', () =>
      world.gateway.api.expect(201, 'POST', '/api/providers', {
        name: 'ghost',
        kind: 'openai-compatible',
        baseUrl: world.upstream.url,
        apiKey: 'sk-x',
      }),
    ),

  async price_missing(world) {
    const { api } = world.gateway
    await api.expect(201, 'POST', '/api/models', { name: 'priceless', deployments: [{ provider: 'fake', model: 'plain' }] })
    return operatorMends(world, 'priceless', 'set_price', () =>
      api.expect(200, 'PATCH', '/api/models/priceless', { price: { input: '0', output: '1' } }),
    )
  },

  async no_provider_key(world) {
    const { api } = world.gateway
    await api.expect(201, 'POST', '/api/providers', { name: 'keyless', kind: 'openai', baseUrl: world.upstream.url })
    await api.expect(201, 'POST', '/api/models', {
      name: 'unopened',
      deployments: [{ provider: 'keyless', model: 'plain' }],
      price: { input: '0', output: '1' },
    })
    return operatorMends(world, 'unopened', 'set_provider_key', () =>
      api.expect(200, 'PATCH', '/api/providers/keyless', { apiKey: 'sk-now' }),
    )
  },

  async ledger_unavailable(world) {
    const customer = await world.gateway.customer('1.00')
    const again = sender(world, customer)
    const whileLocked = async (call: () => Promise<Answer>): Promise<Answer> => {
      const release = await lockDatabase(world.gateway.data)
      return call().finally(release)
    }
    const refused = await whileLocked(again)
    assertFirst(refused, 'retry')
    return {
      answer: refused,
      customer,
      repeat: (surface) => whileLocked(() => callAt(world.gateway, surface, callOf({ customer }))),
      mend: () => eventually(async () => served(await again()), 15_000, 250),
    }
  },

  provider_rejected: upstreamFault(status(400, openaiError('Unsupported parameter', 'invalid_request_error', 'unsupported_parameter'))),
  provider_account_unpaid: upstreamFault(
    status(429, openaiError('You exceeded your current quota', 'insufficient_quota', 'insufficient_quota')),
    'pay_provider',
  ),
  provider_rate_limited: upstreamFault(status(429, openaiError('slow down', 'requests', 'rate_limit_exceeded'), { 'retry-after': '1' })),

  async provider_auth_failed(world) {
    const { api } = world.gateway
    await api.expect(201, 'POST', '/api/providers', {
      name: 'locked',
      kind: 'openai-compatible',
      baseUrl: world.upstream.url,
      apiKey: 'sk-stale',
    })
    await api.expect(201, 'POST', '/api/models', { name: 'behind', deployments: [{ provider: 'locked', model: 'behind' }], ...COARSE })
    const wrong = status(401, openaiError('Incorrect API key', 'invalid_request_error', 'invalid_api_key'))
    const right = either(5, { usage: usage(0, 5) })
    world.upstream.on('behind', (exchange) => (exchange.headers.authorization === 'Bearer sk-fresh' ? right : wrong)(exchange))
    return operatorMends(world, 'behind', 'replace_provider_key', () =>
      api.expect(200, 'PATCH', '/api/providers/locked', { apiKey: 'sk-fresh' }),
    )
  },

  provider_error: upstreamFault(resetBeforeHead),
  provider_timeout: upstreamFault(silentBeforeHead),

  async account_suspended(world) {
    const { api } = world.gateway
    const customer = await world.gateway.customer('1.00')
    await api.expect(200, 'POST', `/api/organizations/${customer.organization}/suspend`, { reason: 'The invoice of May is open.' })
    const refused = await sender(world, customer)()
    assert.match(String(json(refused)['detail']), /The invoice of May is open\./)
    return mendedByFirst({ gateway: world.gateway, customer }, refused, sender(world, customer))
  },

  async idempotency_mismatch(world) {
    const { api } = world.gateway
    const post = (name: string, key: string) => api.call('POST', '/api/organizations', { name }, { 'idempotency-key': key })
    assert.equal((await post('First', 'mismatch-1')).status, 201)
    return { answer: await post('Second', 'mismatch-1'), management: true, mend: () => post('Second', 'mismatch-2') }
  },

  async idempotency_in_progress(world) {
    const { api } = world.gateway
    const organization = await api.organization('Twice')
    const grant = () =>
      api.call(
        'POST',
        `/api/organizations/${organization}/grants`,
        { amount: '1.00', reason: 'twice' },
        { 'idempotency-key': 'progress-1' },
      )
    const release = await lockDatabase(world.gateway.data)
    const first = grant()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const refused = await grant().finally(release)
    const made = await first
    return {
      answer: refused,
      management: true,
      mend: async () => {
        const again = await eventually(async () => {
          const result = await grant()
          assert.equal(result.status, 201, result.text)
          return result
        })
        if (made.status === 201) assert.equal(json(again)['id'], json(made)['id'])
        const { granted } = await api.balance(organization)
        assert.equal(Number(granted), 1)
        return again
      },
    }
  },
}
