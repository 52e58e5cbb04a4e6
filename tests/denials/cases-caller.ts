import assert from 'node:assert/strict'
import { say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import type { Customer } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { besideRunning } from './beside-running.ts'
import { carryOutFirst, mendedByFirst, waitAsTold } from './carry-out.ts'
import { callAt } from './surfaces.ts'
import type { ModelCall, Surface } from './surfaces.ts'
import { BODY, fixesOf, getter, sender } from './world.ts'
import type { Case, Made, World } from './world.ts'

/** A key in some state, which the first fix puts right: another key, or this one again. */
async function keyState(
  world: World,
  options: { expiresAt?: string; models?: string[] },
  spoil?: { method: 'PATCH' | 'DELETE'; body?: Record<string, unknown> },
): Promise<Made> {
  const { gateway } = world
  const customer = await gateway.customer('1.00', options)
  if (spoil !== undefined) await gateway.api.call(spoil.method, `/api/keys/${customer.keyId}`, spoil.body)
  const refused = await sender(world, customer)()
  return {
    answer: refused,
    customer,
    mend: async () => {
      const said = await carryOutFirst({ gateway, customer }, refused)
      const key = /\bfg_\w+/.exec(said)?.[0] ?? customer.key
      assert.equal(key !== customer.key, fixesOf(refused)[0]?.action === 'create_key')
      return gateway.chat(key, BODY)
    },
  }
}

/** A cap that leaves too little, set at the place that is found for the customer; the first fix raises it. */
async function capped(
  world: World,
  placeOf: (customer: Customer) => string | Promise<string>,
  member = 'cap',
  call: Pick<ModelCall, 'user' | 'headers'> = {},
): Promise<Made> {
  const { gateway } = world
  const customer = await gateway.customer('1.00')
  const place = await placeOf(customer)
  const cap = { amount: '0.004', period: 'month' }
  const method = place.endsWith('/cap') ? 'PUT' : 'PATCH'
  const by = place.startsWith('/api/teams/') ? 'team_admin' : 'org_admin'
  await gateway.api.expect(200, method, place, method === 'PUT' ? cap : { [member]: cap })
  const { user, headers = {} } = call
  const again = () => gateway.chat(customer.key, { ...BODY, ...(user === undefined ? {} : { user }) }, { headers })
  const refused = await again()
  const [raise] = fixesOf(refused)
  assert.equal(raise?.kind, 'change_policy', 'topping up would not help, so paying is not offered first')
  assert.ok(!fixesOf(refused).some((fix) => fix.kind === 'pay'))
  assert.deepEqual([raise.method, raise.path, raise.by], [method, place, by])
  assert.ok(String((json(refused)['limit'] as { resetsAt?: string }).resetsAt) > new Date().toISOString(), refused.text)
  return {
    answer: refused,
    customer,
    call,
    mend: async () => {
      const [amount = ''] = String(raise.command?.split(' ').at(-1)).split('/')
      assert.equal(nano(amount), 4_000_000n + nano(String(raise.byAtLeast)), 'the command raises it far enough')
      await carryOutFirst({ gateway, customer }, refused)
      return again()
    },
  }
}

/** Refusals that the caller, its organization or its payment mends. */
export const CALLER_CASES: Record<string, Case> = {
  async route_unknown(world) {
    const customer = await world.gateway.customer('1.00')
    const at = (path: string) => send(world.gateway.url + path, { body: BODY, headers: { authorization: `Bearer ${customer.key}` } })
    const refused = await at('/chat/completions')
    const [right] = json(refused)['didYouMean'] as string[]
    assert.equal(`${String(fixesOf(refused)[0]?.['baseUrl'])}/chat/completions`, `${world.gateway.url}${right}`)
    assert.ok(right)
    const call = { key: customer.key, model: 'plain', output: 10 }
    const repeat = (surface: Surface) => callAt(world.gateway, surface, call, `${surface.path(call.model)}/chat/completions`)
    return { answer: refused, call, explain: { ...BODY, path: '/chat/completions' }, repeat, mend: () => at(right) }
  },

  async request_too_large(world) {
    const customer = await world.gateway.customer('1.00')
    const more = { metadata: 'x'.repeat(200_000) }
    const refused = await world.gateway.chat(customer.key, { ...BODY, ...more })
    const [shrink] = fixesOf(refused)
    assert.ok(shrink?.to !== undefined && JSON.stringify(BODY).length <= shrink.to && shrink.to < more.metadata.length)
    return { answer: refused, call: { key: customer.key, more }, mend: sender(world, customer) }
  },

  async request_invalid(world) {
    const customer = await world.gateway.customer('1.00')
    const refused = await world.gateway.chat(customer.key, { ...BODY, max_tokens: 'ten' })
    assert.equal(json(refused)['pointer'], '/max_tokens')
    assert.equal((json(refused)['error'] as { param: string }).param, 'max_tokens')
    return { answer: refused, customer, call: { output: 'ten' }, mend: sender(world, customer) }
  },

  async credential_missing(world) {
    const customer = await world.gateway.customer('1.00')
    return { answer: await send(`${world.gateway.url}/v1/chat/completions`, { body: BODY }), mend: sender(world, customer) }
  },

  async credential_invalid(world) {
    const customer = await world.gateway.customer('1.00')
    const refused = await world.gateway.chat('sk-proj-0123456789', BODY)
    assert.match(String(json(refused)['hint']), /./)
    assert.doesNotMatch(refused.text, /Acme/)
    return { answer: refused, call: { key: 'sk-proj-0123456789' }, mend: sender(world, customer) }
  },

  key_revoked: (world) => keyState(world, {}, { method: 'DELETE' }),
  key_expired: (world) => keyState(world, { expiresAt: new Date(Date.now() - 1).toISOString() }),
  key_disabled: (world) => keyState(world, {}, { method: 'PATCH', body: { enabled: false } }),

  async permission_denied(world) {
    const made = await keyState(world, { models: ['other', 'old-*'] })
    assert.equal(fixesOf(made.answer)[0]?.by, 'org_admin')
    assert.ok(Array.isArray(json(made.answer)['required']) && Array.isArray(json(made.answer)['granted']))
    return made
  },

  async model_unknown(world) {
    const customer = await world.gateway.customer('1.00')
    const refused = await world.gateway.chat(customer.key, { ...BODY, model: 'plian' })
    const [nearest] = json(refused)['didYouMean'] as string[]
    assert.equal(nearest, 'plain')
    return {
      answer: refused,
      customer,
      call: { model: 'plian' },
      mend: () => world.gateway.chat(customer.key, { ...BODY, model: nearest }),
    }
  },

  async api_retired(world) {
    const { api } = world.gateway
    const old = { name: 'old-weather', prefix: '/old-weather', upstream: { baseUrl: world.upstream.url } }
    await api.expect(201, 'POST', '/api/apis', { ...old, routes: [{ method: 'GET', path: '/{city}', price: '0.01' }] })
    await api.expect(200, 'POST', '/api/apis/old-weather/retire', { successor: 'weather' })
    const customer = await world.gateway.customer('1.00')
    const refused = await getter(world, customer, '/old-weather/berlin')()
    assert.deepEqual([json(refused)['successor'], fixesOf(refused)[0]?.url], ['weather', `${world.gateway.url}/weather`])
    assert.match(header(refused, 'link') ?? '', /\/weather>; rel="successor-version"/)
    const { pathname } = new URL(String(fixesOf(refused)[0]?.url))
    const explain = { path: '/old-weather/berlin', method: 'GET' }
    return { answer: refused, customer, explain, mend: getter(world, customer, `${pathname}/berlin`) }
  },

  async model_retired(world) {
    const { api } = world.gateway
    const [provider] = (await api.expect<{ data: { name: string }[] }>(200, 'GET', '/api/providers')).data
    await api.expect(201, 'POST', '/api/models', {
      name: 'faded',
      deployments: [{ provider: provider?.name, model: 'plain' }],
      price: { input: '1' },
    })
    await api.expect(200, 'PATCH', '/api/models/faded', { retirement: { state: 'retired', successor: 'plain' } })
    const customer = await world.gateway.customer('1.00')
    const refused = await world.gateway.chat(customer.key, { ...BODY, model: 'faded' })
    const { successor } = json(refused)
    assert.deepEqual([successor, fixesOf(refused)[0]?.model], ['plain', 'plain'])
    return {
      answer: refused,
      customer,
      call: { model: 'faded' },
      mend: () => world.gateway.chat(customer.key, { ...BODY, model: successor }),
    }
  },

  async insufficient_balance(world) {
    const customer = await world.gateway.customer('0.004')
    const refused = await sender(world, customer)()
    const { limit } = json(refused) as { limit: Record<string, string> }
    assert.equal(nano(limit['required'] ?? '') - nano(limit['available'] ?? ''), nano(limit['shortfall'] ?? ''))
    assert.deepEqual(json(refused)['affordable'], { maxOutputTokens: 4 })
    return mendedByFirst({ gateway: world.gateway, customer }, refused, sender(world, customer))
  },

  cap_key: (world) => capped(world, ({ keyId }) => `/api/keys/${keyId}`),
  cap_user: (world) => capped(world, ({ organization }) => `/api/organizations/${organization}`, 'userCap', { user: 'ann' }),
  cap_tag: (world) =>
    capped(world, ({ organization }) => `/api/organizations/${organization}/tags/feature%3Dsearch/cap`, 'cap', {
      headers: { 'faregate-tags': 'other, feature=search' },
    }),
  cap_org: (world) => capped(world, ({ organization }) => `/api/organizations/${organization}`),
  async cap_team(world) {
    const { api } = world.gateway
    return capped(world, async ({ organization, application }) => {
      const { id } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/teams`, { name: 'Research' })
      await api.expect(200, 'PATCH', `/api/applications/${application}`, { team: id })
      return `/api/teams/${id}`
    })
  },

  async balance_reserved(world) {
    const customer = await world.gateway.customer('0.019')
    const { refused, served, repeat } = await besideRunning(world, customer)
    // What was served in between is made up for, so that the same is lacking again.
    const again = (surface: Surface) => world.gateway.api.grant(customer.organization, '0.001').then(() => repeat(surface))
    return {
      answer: refused,
      customer,
      served,
      repeat: again,
      explained: async (surface) => ({ explained: await again(surface), refused }),
      mend: () => waitAsTold(refused).then(sender(world, customer)),
    }
  },

  async stream_funds_exhausted(world) {
    const customer = await world.gateway.customer('0.05')
    const body = { model: 'endless', max_tokens: 200, stream: true, messages: say() }
    const refused = await world.gateway.chat(customer.key, body)
    return {
      answer: refused,
      customer,
      mend: async () => {
        await carryOutFirst({ gateway: world.gateway, customer }, refused)
        const result = await world.gateway.chat(customer.key, body)
        assert.ok(chatStream(result.body).pieces > 50)
        return result
      },
    }
  },
}
