import assert from 'node:assert/strict'
import { either, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { openaiError, resetBeforeHead, silentBeforeHead, status } from '../support/faults.ts'
import { json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { lockDatabase } from '../support/lock-database.ts'
import type { Behaviour } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'
import { BODY, fixesOf, inForce, sender } from './world.ts'
import type { Case, World } from './world.ts'

/** The upstream fails in some way, and is put right. */
function upstreamFault(fault: Behaviour): Case {
  return async (world) => {
    const customer = await world.gateway.customer('1.00')
    world.upstream.on('plain', fault)
    const refused = await sender(world, customer)()
    world.upstream.on('plain', either(5, { usage: usage(0, 5) }))
    return { answer: refused, customer, mend: () => eventually(async () => served(await sender(world, customer)()), 10_000, 250) }
  }
}

function served(result: Answer): Answer {
  assert.equal(result.status, 200, result.text)
  return result
}

/** A model is configured wrongly, and the operator puts it right at run time. */
async function operatorMends(world: World, model: string, mend: () => Promise<unknown>): Promise<Awaited<ReturnType<Case>>> {
  const customer = await world.gateway.customer('1.00')
  await inForce()
  const again = sender(world, customer, { ...BODY, model })
  const refused = await again()
  assert.ok(!refused.text.includes('ghost'), "the caller is not told of the operator's configuration")
  return {
    answer: refused,
    customer,
    mend: async () => {
      await mend()
      await inForce()
      return again()
    },
  }
}

/** Refusals that the operator or the upstream mends, and those of the management API. */
export const OPERATOR_CASES: Record<string, Case> = {
  gateway_misconfigured: (world) =>
    operatorMends(world, 'orphan', () =>
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
    return operatorMends(world, 'priceless', () =>
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
    return operatorMends(world, 'unopened', () => api.expect(200, 'PATCH', '/api/providers/keyless', { apiKey: 'sk-now' }))
  },

  async ledger_unavailable(world) {
    const customer = await world.gateway.customer('1.00')
    const release = await lockDatabase(world.gateway.data)
    const refused = await sender(world, customer)().finally(release)
    return { answer: refused, customer, mend: () => eventually(async () => served(await sender(world, customer)()), 15_000, 250) }
  },

  provider_rejected: upstreamFault(status(400, openaiError('Unsupported parameter', 'invalid_request_error', 'unsupported_parameter'))),
  provider_account_unpaid: upstreamFault(
    status(429, openaiError('You exceeded your current quota', 'insufficient_quota', 'insufficient_quota')),
  ),
  provider_rate_limited: upstreamFault(status(429, openaiError('slow down', 'requests', 'rate_limit_exceeded'), { 'retry-after': '1' })),
  provider_auth_failed: upstreamFault(status(401, openaiError('Incorrect API key', 'invalid_request_error', 'invalid_api_key'))),
  provider_error: upstreamFault(resetBeforeHead),
  provider_timeout: upstreamFault(silentBeforeHead),

  async account_suspended(world) {
    const { api } = world.gateway
    const customer = await world.gateway.customer('1.00')
    await api.expect(200, 'POST', `/api/organizations/${customer.organization}/suspend`, { reason: 'The invoice of May is open.' })
    await inForce()
    const refused = await sender(world, customer)()
    assert.match(String(json(refused)['detail']), /The invoice of May is open\./)
    return {
      answer: refused,
      customer,
      mend: async () => {
        const [, ...words] = String(fixesOf(refused)[0]?.command).split(' ')
        const ran = await faregate(words, world.gateway)
        assert.equal(ran.code, 0, ran.stderr)
        await inForce()
        return sender(world, customer)()
      },
    }
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
