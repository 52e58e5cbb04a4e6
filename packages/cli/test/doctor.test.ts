import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apis } from '../src/doctor/api-checks.ts'
import { isBelowAnyCall } from '../src/doctor/cheapest.ts'
import { addressFinding, clockFinding } from '../src/doctor/gateway-checks.ts'
import { callerFindings } from '../src/doctor/caller-checks.ts'
import { limitFindings } from '../src/doctor/key-checks.ts'
import { capFindings } from '../src/doctor/limit-checks.ts'
import { planFindings } from '../src/doctor/plan-checks.ts'
import type { Asks, Rig } from '../src/doctor/rig.ts'
import type { Plan } from '../src/plan-command.ts'
import { pendingFinding, priceFindings, upstreamFindings } from '../src/doctor/model-checks.ts'
import { billingFinding } from '../src/doctor/money-checks.ts'
import { providerFinding } from '../src/doctor/provider-checks.ts'

test('doctor warns while a refusal for lack of balance can name nobody', () => {
  assert.equal(billingFinding({ topUpUrl: null, contact: null, rail: null }).result, 'warning')
  assert.equal(billingFinding({ topUpUrl: null, contact: 'billing@example.com', rail: null }).result, 'ok')
  assert.equal(billingFinding({ topUpUrl: 'https://example.com/pay', contact: null, rail: null }).result, 'ok')
  assert.equal(billingFinding({ topUpUrl: null, contact: null, rail: 'stripe' }).result, 'ok')
})

test('doctor warns when keys travel unencrypted beyond this machine, and when links name no real address', () => {
  for (const url of ['http://127.0.0.1:4020', 'http://localhost:4020', 'http://[::1]:4020', 'https://gateway.example']) {
    assert.equal(addressFinding(url).result, 'ok', url)
  }
  for (const url of ['http://gateway.example', 'http://10.0.0.5:4020', 'http://0.0.0.0:4020', 'http://[::]:4020']) {
    assert.equal(addressFinding(url).result, 'warning', url)
  }
})

test('doctor warns when the clocks of the gateway and of this machine are apart, and says by how much', () => {
  const now = Date.parse('2026-11-22T13:00:00.000Z')
  for (const theirs of [now, now - 900, now + 500, now - 2_500]) assert.equal(clockFinding(theirs, now, now + 100).result, 'ok')
  const behind = clockFinding(now - 65_000, now, now + 100)
  assert.deepEqual([behind.result, behind.detail], ['warning', "the gateway's clock is 64 s behind this machine's"])
  assert.match(clockFinding(now + 60_100, now, now + 100).detail, /60 s ahead of/)
})

const FILE = { source: 'file' as const, file: 'faregate.yaml', line: 7 }
const DATABASE = { source: 'database' as const }

describe('doctor on models', () => {
  const deployments = [{ provider: 'local', model: 'llama', weight: 1 }]
  const model = { name: 'mine', deployments, price: null, managedBy: FILE }

  test('fails for one that has no price: its own, an override, or the catalogue’s; and says where it is', () => {
    const [finding] = priceFindings([model], [])
    assert.deepEqual([finding?.result, finding?.check, finding?.place], ['failed', 'price of mine', 'faregate.yaml:7'])
    assert.equal(finding?.fix, 'faregate price set local/llama input=0.05 output=0.40')
    assert.equal(priceFindings([{ ...model, price: { input: '1' } }], [])[0]?.result, 'ok')
    assert.equal(priceFindings([model], [{ name: 'local/llama' }])[0]?.result, 'ok')
  })

  test('fails for one whose provider does not exist', () => {
    const [finding] = upstreamFindings([model], [{ name: 'other' }])
    assert.deepEqual([finding?.result, finding?.check, finding?.place], ['failed', 'model mine', 'faregate.yaml:7'])
    assert.equal(upstreamFindings([model], [{ name: 'local' }])[0]?.result, 'ok')
  })

  test('names those whose new price waits for approval', () => {
    assert.deepEqual(pendingFinding([]), [])
    const [finding] = pendingFinding([{ name: 'openai/a' }, { name: 'x-ai/b' }])
    assert.deepEqual([finding?.result, finding?.fix], ['warning', 'faregate price pending'])
    assert.match(finding?.detail ?? '', /openai\/a, x-ai\/b/)
  })
})

describe('doctor on providers', () => {
  const provider = {
    name: 'openai',
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    keyless: false,
    keys: [{ id: 'pk_1', lastFour: 'wxyz', weight: 1, priority: 0 }],
    state: 'ok' as 'ok' | 'failing' | 'unknown',
    lastError: null as string | null,
    lastErrorAt: null,
    managedBy: DATABASE as typeof DATABASE | typeof FILE,
  }

  test('fails for one without a key, and for one whose key is refused: replace it, where it is defined', () => {
    const refused = { state: 'failing' as const, lastError: 'provider_auth_failed (HTTP 401)' }
    for (const [members, fix] of [
      [{ keys: [] }, 'faregate provider set openai --key-stdin'],
      [refused, 'faregate provider set openai --key-stdin'],
      [{ ...refused, managedBy: FILE }, 'change its key in faregate.yaml:7 and restart'],
      [{ state: 'failing' as const, lastError: 'provider_timeout' }, 'faregate provider test openai'],
      [
        { state: 'failing' as const, lastError: 'provider_account_unpaid (HTTP 402)' },
        "pay the provider's bill, or connect another account",
      ],
    ] as const) {
      const finding = providerFinding({ ...provider, ...members, keys: 'keys' in members ? [] : provider.keys }, undefined)
      assert.deepEqual([finding.result, finding.fix], ['failed', fix])
    }
  })

  test('a call that was made for it says more than what is remembered', () => {
    const failed = providerFinding(provider, { ok: false, message: 'It answered HTTP 401 (provider_auth_failed).' })
    assert.deepEqual([failed.result, failed.fix], ['failed', 'faregate provider set openai --key-stdin'])
    assert.equal(providerFinding({ ...provider, state: 'failing' }, { ok: true, message: 'It answers.' }).result, 'ok')
    assert.match(providerFinding({ ...provider, state: 'unknown' }, undefined).detail, /not called yet; --calls/)
  })
})

describe('doctor on limits that can never be met', () => {
  const models = [
    { name: 'cheap', price: { input: '1', output: '2' }, deployments: [] },
    { name: 'dear', price: null, deployments: [{ provider: 'p', model: 'dear', weight: 1 }] },
  ]
  const prices = [{ name: 'p/dear', price: { request: '5000000' } }]
  const key = {
    id: 'key_1',
    name: 'test',
    lastFour: 'wxyz',
    state: 'active' as const,
    models: null as string[] | null,
    apis: null as string[] | null,
    cap: null,
  }
  const callable = { models, prices, apis: [] }
  const capped = (amount: string) => ({ amount, period: 'month' as const })

  test('a key that may call only models that are not there', () => {
    assert.deepEqual(limitFindings(key, callable, false), [])
    assert.deepEqual(limitFindings({ ...key, models: ['ch*'] }, callable, false), [])
    const [finding] = limitFindings({ ...key, models: ['gone'] }, callable, false)
    assert.match(finding?.detail ?? '', /it may call only gone, .+ it can call nothing/)
    assert.equal(finding?.fix, 'faregate key update key_1 --models cheap, or --all-models')
    assert.deepEqual(limitFindings({ ...key, models: ['openai/*'] }, callable, true), [], 'without entries, where allModels is on')
  })

  test('a cap below what the cheapest call of the key costs', () => {
    assert.deepEqual(limitFindings({ ...key, cap: capped('4.99') }, callable, false), [])
    assert.deepEqual(limitFindings({ ...key, models: ['dear'], cap: capped('5.00') }, callable, false), [])
    const [finding] = limitFindings({ ...key, models: ['dear'], cap: capped('4.99') }, callable, false)
    assert.match(finding?.detail ?? '', /its cap of 4\.99 is below what any call costs/)
    assert.equal(finding?.fix, 'faregate key update key_1 --cap AMOUNT/month, or --no-cap')
  })
})

test('doctor counts the routes of published APIs among the calls that a cap must have room for', () => {
  const models = [{ name: 'dear', price: { input: '1', output: '4999999' }, deployments: [] }]
  type Route = Parameters<typeof isBelowAnyCall>[1]['apis'][number]['routes'][number]
  const metered = { sent: null, received: '0.05', units: null }
  const below = (amount: string, ...routes: Route[]) => isBelowAnyCall(amount, { models, prices: [], apis: [{ name: 'weather', routes }] })
  const priced: Route = { price: '0.02', metered: null, free: false, off: false }
  assert.equal(below('0.01'), true)
  assert.equal(below('0.01', priced), true)
  assert.equal(below('0.02', priced), false)
  assert.equal(below('0.01', { ...priced, price: '0.01' }), false)
  assert.equal(below('0.01', { ...priced, price: '0.01', off: true }), true)
  assert.equal(below('0.01', { ...priced, price: null, free: true }), false)
  assert.equal(below('0.01', { ...priced, price: null, metered }), false)
  assert.equal(below('0.01', { ...priced, metered }), true)
  assert.equal(isBelowAnyCall('0.01', { models: [], prices: [], apis: [{ name: 'weather', routes: [priced] }] }), true)
})

describe('doctor on plans', () => {
  const plan: Plan = {
    name: 'pro',
    version: 2,
    organization: null,
    price: '10.00',
    period: 'month',
    trialDays: 0,
    graceDays: 3,
    models: ['gpt-*'],
    apis: [],
    features: ['*'],
    exclusive: true,
    listed: true,
    approval: false,
    paymentMethod: false,
    quotas: [],
    credit: '0.00',
    priceFactor: '1',
    prices: [],
    limits: [],
    createdAt: '',
  }
  const quota = { counts: 'requests' as const, models: 'gpt-*', apis: null, limit: 5, overage: null }
  const served = { names: ['gpt-5', 'claude'], apis: ['weather'], allModels: false }
  const paid = { topUpUrl: null, contact: 'billing@example.com', rail: null }
  const nobody = { topUpUrl: null, contact: null, rail: null }
  const found = (more: Partial<Plan>, billing: Parameters<typeof planFindings>[2] = paid, allModels = false) => {
    const [first] = planFindings([{ ...plan, ...more }], { ...served, allModels }, billing)
    return first ?? assert.fail('nothing is found')
  }

  test('says nothing without any, and is content with one that can be had', () => {
    assert.deepEqual(planFindings([], served, paid), [])
    assert.equal(found({ quotas: [quota], prices: [{ models: 'gpt-5', factor: '2' }] }).result, 'ok')
  })

  test('fails for one that includes nothing, and says where it is and how it is mended', () => {
    const { check, result, place, detail, fix } = found({ models: ['gone-*'], quotas: [quota] })
    assert.deepEqual([check, result, place], ['plan pro v2', 'failed', 'database'])
    assert.match(detail, /it includes gone-\*, and nothing of that name is there/)
    assert.equal(fix, 'faregate plan create pro --price 10.00 --model gpt-5 --exclusive')
    assert.equal(found({ models: ['up/*'] }, paid, true).result, 'ok', 'models without entries, where allModels is on')
  })

  test('warns of quotas and prices of models outside it, and of a quota of nothing', () => {
    const other = found({ quotas: [quota, { ...quota, models: 'claude' }] })
    assert.match(other.detail, /^its quota of 5 requests is of claude, which it does not include/)
    assert.equal(other.fix, "faregate plan create pro --price 10.00 --model 'gpt-*' --quota 'requests:gpt-*:5' --exclusive")
    assert.match(
      found({ prices: [{ models: 'claude', price: { input: '1' } }] }).detail,
      /^it has a price for claude, which it does not include/,
    )
    const none = found({ quotas: [{ ...quota, limit: 0 }] })
    assert.match(none.detail, /^its quota of gpt-\* is 0 requests, .+ it can never be met/)
    assert.match(none.fix ?? '', /--quota 'requests:gpt-\*:LIMIT'/)
    assert.equal(found({ quotas: [{ ...quota, limit: 0, overage: '1' }] }).result, 'ok')
  })

  test('knows published APIs, and quotas of them', () => {
    const calls = { counts: 'requests' as const, models: null, apis: 'weather', limit: 5, overage: null }
    assert.equal(found({ models: [], apis: ['weath*'], quotas: [calls] }).result, 'ok')
    assert.match(found({ models: [], apis: ['tides'] }).detail, /it includes tides, and nothing of that name is there/)
    const other = found({ apis: ['weather'], quotas: [{ ...calls, apis: 'tides' }, calls] })
    assert.match(other.detail, /^its quota of 5 requests is of tides, which it does not include/)
    assert.match(other.fix ?? '', /--api weather --api-quota weather:5 /)
  })

  test('warns of prices that nobody can pay: no way to top up is told', () => {
    assert.match(found({}, nobody).detail, /^pro: .+ told of no way to top that up/)
    assert.equal(found({ price: '0.00' }, nobody).result, 'ok')
    assert.equal(found({ listed: false }, nobody).result, 'ok')
  })
})

test('doctor warns of any cap below what the cheapest call costs', () => {
  const models = [{ name: 'dear', price: { input: '1', output: '4999999' }, deployments: [] }]
  const capped = (amount: string) =>
    capFindings({ of: 'acme', cap: { amount, period: 'day' }, command: 'faregate org update acme --cap' }, { models, prices: [], apis: [] })
  assert.deepEqual(capped('5.00'), [])
  const [finding] = capped('4.99')
  assert.match(finding?.detail ?? '', /the cap of 4\.99 is below what any call costs/)
  assert.equal(finding?.fix, 'faregate org update acme --cap AMOUNT/day')
})

test('doctor asks of a prompt whether its model is served, and says so where nobody may be asked', async () => {
  const prompt = { model: 'mine', system: null, user: '', variables: {}, output: null, maxTokens: null, temperature: null }
  const looked = async (asks: Asks, ok: boolean) => {
    const rig = {
      asks,
      apis: async () => [{ name: 'translate', kind: 'prompt', upstream: null, prompt, models: null, managedBy: DATABASE }],
      client: { testApi: async () => ({ ok, message: ok ? 'It is served.' : 'It is gone.' }) },
    }
    const [finding] = await apis(rig as unknown as Rig)
    return finding
  }
  assert.deepEqual(await looked('nothing', true), {
    check: 'API translate',
    place: 'database',
    result: 'ok',
    detail: 'model mine (not asked)',
  })
  assert.deepEqual([(await looked('what is free', true))?.detail], ['model mine: It is served.'])
  const gone = await looked('what is free', false)
  assert.deepEqual([gone?.result, gone?.detail], ['failed', 'model mine: It is gone.'])
  assert.match(gone?.fix ?? '', /^connect what serves its model, or name another \(PATCH \/api\/apis\/translate\)/)
})

test('keys as which callers of an API are served are named once they are of no use, and certificates of which nobody learns', () => {
  const key = { id: 'key_1', state: 'active' as const, apis: null, scopes: [] }
  const api = { name: 'shop', managedBy: { source: 'database' as const }, authentication: { public: { as: 'key_1' } } }
  const told = (keys: Parameters<typeof callerFindings>[1]) =>
    callerFindings(api, keys, { clientCertificates: null }).map(({ result, detail, fix }) => [result, detail, fix])
  assert.deepEqual(told([key]), [])
  assert.deepEqual(told([{ ...key, apis: ['sh*'], scopes: ['apis'] }]), [])
  for (const [keys, detail, fix] of [
    [[], /does not exist, or was revoked/, /faregate key create/],
    [[{ ...key, state: 'disabled' as const }], /is disabled/, /faregate key enable key_1/],
    [[{ ...key, state: 'expired' as const }], /is expired/, /faregate key create/],
    [[{ ...key, apis: ['other'] }], /may not call it/, /key update key_1 --apis other,shop/],
    [[{ ...key, scopes: ['models'] }], /may not call APIs/, /--scope models --scope apis/],
  ] as const) {
    const [[result, said, mend] = []] = told([...keys] as Parameters<typeof callerFindings>[1])
    assert.equal(result, 'failed')
    assert.match(String(said), detail)
    assert.match(String(mend), fix)
  }
  const certified = { ...api, authentication: { mutualTls: { ca: [''], issuer: 'partners' } } }
  assert.deepEqual(
    (['tls', null] as const).map((clientCertificates) => callerFindings(certified, [], { clientCertificates }).length),
    [0, 1],
  )
})
