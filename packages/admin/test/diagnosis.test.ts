import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DENIAL_CODES, type LimitTerms, type ModelEntry, type ProviderEntry } from '@faregate/core'
import { BLAMED } from '../src/diagnosis/blame.ts'
import type { Evidence, Step, StepName } from '../src/diagnosis/evidence.ts'
import { diagnosisSteps } from '../src/diagnosis/steps.ts'
import { plan, subscription } from '../../billing/test/support.ts'
import type { ApplicationRow, AttemptRow, BalanceRow, DenialRow, KeyRow, OrganizationRow, RequestRow } from '../src/rows.ts'

const FILE = { source: 'file' as const, file: 'faregate.yaml', line: 7 }
const BALANCE: BalanceRow = { granted: 5_000_000_000n, expired: 0n, posted: 0n, held: 0n, lapsed: 0n, overdraft: 0n, creditLimit: 0n }
const PROVIDER: ProviderEntry = { name: 'openai', kind: 'openai', baseUrl: 'https://x', keys: [], keyless: true, managedBy: FILE }
const MODEL: ModelEntry = { name: 'small', deployments: [{ provider: 'openai', model: 'gpt', weight: 1 }], managedBy: FILE }
const KEY: KeyRow = {
  id: 'key_1',
  application: 'app_1',
  organization: 'org_1',
  team: null,
  name: 'chatbot',
  hash: '',
  lastFour: 'wxyz',
  state: 'active',
  scopes: [],
  models: null,
  apis: null,
  stage: 'production',
  member: null,
  addresses: null,
  identity: null,
  cap: null,
  capKey: 'key_1',
  limits: [],
  expiresAt: null,
  lastUsedAt: null,
  createdAt: 0,
}
const ORGANIZATION = {
  id: 'org_1',
  name: 'acme',
  suspended: null,
  cap: null,
  userCap: null,
  tagCap: null,
  limits: [] as LimitTerms[],
} as OrganizationRow
const ATTEMPT: AttemptRow = {
  provider: 'openai',
  model: 'gpt',
  status: 200,
  outcome: 'served',
  error: null,
  buckets: {},
  latencyMs: 1,
  ttftMs: 1,
}
const REQUEST = {
  id: 'req_1',
  organization: 'org_1',
  key: 'key_1',
  model: 'small',
  outcome: 'served',
  denial: null,
  delivery: 'confirmed',
  cost: 0n,
  attempts: [ATTEMPT],
} as unknown as RequestRow

function evidence(members: Partial<Evidence> = {}, configured: { model?: ModelEntry; provider?: ProviderEntry } = {}): Evidence {
  const { model = MODEL, provider = PROVIDER } = configured
  return {
    denial: undefined,
    request: REQUEST,
    fromLedger: false,
    balance: BALANCE,
    key: KEY,
    organization: ORGANIZATION,
    application: undefined,
    plans: { newest: [], held: [] },
    snapshot: {
      version: 1,
      models: new Map([[model.name, model]]),
      providers: new Map([[provider.name, provider]]),
      apis: new Map(),
      staged: new Map(),
      allModels: false,
      currency: 'USD',
    },
    priced: new Set(['openai/gpt']),
    providerState: () => ({ state: 'ok' }),
    currency: 'USD',
    now: 1_000,
    forOperator: true,
    ...members,
  }
}

function denialOf(code: string, problem: Record<string, unknown> = {}): DenialRow {
  return { code, problem: JSON.stringify({ detail: 'what was said', ...problem }), operatorDetail: 'the cause' } as DenialRow
}

function stepOf(step: StepName, of: Evidence): Step {
  const found = diagnosisSteps(of).find((one) => one.step === step)
  assert.ok(found)
  return found
}

describe('the six steps', () => {
  it('come in one order, and are ok or unknown where nothing is wrong', () => {
    assert.deepEqual(
      diagnosisSteps(evidence()).map(({ step, result, fix }) => [step, result, fix]),
      [
        ['billing', 'ok', null],
        ['subscription', 'ok', null],
        ['permissions', 'ok', null],
        ['configuration', 'ok', null],
        ['rate_limits', 'ok', null],
        ['logs_and_usage', 'ok', null],
      ],
    )
  })

  it('each code of the catalogue is explained at one of them, which fails, with the reason, the cause and a fix', () => {
    assert.deepEqual(Object.keys(BLAMED).toSorted(), [...DENIAL_CODES].toSorted())
    for (const code of DENIAL_CODES) {
      const failed = stepOf(BLAMED[code], evidence({ denial: denialOf(code) }))
      assert.equal(failed.result, 'failed', code)
      assert.ok(failed.detail.startsWith(`${code}: what was said (the cause)`), failed.detail)
      assert.match(failed.fix ?? '', /\S/, code)
    }
  })

  it('billing: the balance beside what the request asked for, and whether that would be covered now', () => {
    const refusal = (required: string) =>
      denialOf('insufficient_balance', { limit: { required }, fixes: [{ command: 'faregate grant org_1 5.00' }] })
    const still = stepOf('billing', evidence({ denial: refusal('6.00') }))
    assert.match(still.detail, /Now: The organization has 5\.00 USD to spend now\./)
    assert.equal(still.fix, 'faregate grant org_1 5.00')
    assert.match(stepOf('billing', evidence({ denial: refusal('4.00') })).fix ?? '', /send the request again/)
    const empty = stepOf('billing', evidence({ balance: { ...BALANCE, posted: 4_000_000_000n, held: 1_000_000_000n } }))
    assert.deepEqual([empty.result, empty.fix], ['failed', 'Top up: `faregate grant org_1 5.00`.'])
    assert.match(empty.detail, /0\.00 USD .+ and 1\.00 more is reserved by requests that are still running/)
    const capped = stepOf('billing', evidence({ key: { ...KEY, cap: { amount: 2_000_000_000n, period: 'month' } } }))
    assert.match(capped.detail, /The key "chatbot" may spend 2\.00 USD a month/)
    assert.equal(stepOf('billing', evidence({ balance: undefined, key: undefined })).result, 'unknown')
  })

  it('billing: the caps of the organization, of its end users and of tags, which no balance lifts', () => {
    const organization = {
      ...ORGANIZATION,
      cap: { amount: 3_000_000_000n, period: 'total' as const },
      userCap: { amount: 1n, period: 'day' as const },
    }
    const { detail } = stepOf('billing', evidence({ organization }))
    assert.match(detail, /Its organization may spend 3\.00 USD altogether\. Each end user may spend 0\.000000001 USD a day\./)
  })

  it('subscription: whether a plan includes what was called, and what stands in the way of one that does', () => {
    const pro = plan({ name: 'pro', models: ['small'], exclusive: true })
    const serving = { subscription: subscription(pro, 0, { plan: 'pro', paidUntil: 2_000, anchor: 0, periods: 1 }), version: pro }
    const paused = { ...serving, subscription: { ...serving.subscription, pausedAt: 500 } }
    const seen = (newest: (typeof pro)[], held: (typeof serving)[], code?: string) => {
      const step = stepOf('subscription', evidence({ plans: { newest, held }, denial: code === undefined ? undefined : denialOf(code) }))
      return [step.result, `${step.detail} ${step.fix ?? ''}`]
    }
    for (const [result, said, ...state] of [
      ['ok', /No plan is needed for small: it is paid from the balance/, [], []],
      ['ok', /The organization has "pro", which includes small/, [pro], [serving]],
      ['failed', /"pro", which includes small, does not serve now \(subscription_paused\).* resume/is, [pro], [paused]],
      ['failed', /"pro" would\. Subscribe: `faregate subscription create org_1 pro`/, [pro], []],
      ['failed', /no plan that includes it is on sale/, [{ ...pro, listed: false }], []],
      ['failed', /^subscription_required: .* Now: .* send the request again/, [pro], [serving], 'subscription_required'],
      ['failed', /^quota_exhausted: (?!.*send the request again)/, [pro], [serving], 'quota_exhausted'],
    ] as [string, RegExp, ...Parameters<typeof seen>][]) {
      const [found, text = ''] = seen(...state)
      assert.equal(found, result)
      assert.match(text, said)
    }
    const unknown = stepOf('subscription', evidence({ plans: undefined }))
    assert.equal(unknown.result, 'unknown')
  })

  it('permissions: whether the organization is suspended, and that it no longer is', () => {
    const suspended = { ...ORGANIZATION, suspended: { since: 0, reason: 'unpaid' } }
    const step = stepOf('permissions', evidence({ organization: suspended }))
    assert.deepEqual([step.result, step.fix], ['failed', 'Whoever runs the gateway resumes it: `faregate org resume org_1`.'])
    assert.match(step.detail, /acme is suspended: unpaid\./)
    assert.match(stepOf('permissions', evidence({ denial: denialOf('account_suspended') })).fix ?? '', /send the request again/)
  })

  it('permissions: whether the key works, and may call the model', () => {
    for (const [change, said, fix] of [
      [{ state: 'disabled' }, /is switched off/, /faregate key enable key_1/],
      [{ state: 'revoked' }, /was revoked, for good/, /faregate key create/],
      [{ expiresAt: 999 }, /has expired/, /faregate key update key_1/],
      [{ models: ['large', 'b*'] }, /may not call small; it may call large, b\*/, /faregate key update key_1 --models 'large,b\*,small'/],
    ] as const) {
      const step = stepOf('permissions', evidence({ key: { ...KEY, ...change, models: 'models' in change ? [...change.models] : null } }))
      assert.equal(step.result, 'failed')
      assert.match(step.detail, said)
      assert.match(step.fix ?? '', fix)
    }
    assert.match(stepOf('permissions', evidence({ denial: denialOf('key_disabled') })).fix ?? '', /send the request again/)
    assert.equal(stepOf('permissions', evidence({ key: undefined, organization: undefined })).result, 'unknown')
  })

  it('permissions: what the key may be used for, and from where', () => {
    const scoped: KeyRow = { ...KEY, scopes: ['list', 'key'] }
    const step = stepOf('permissions', evidence({ key: scoped }))
    assert.deepEqual([step.result, step.fix], ['failed', 'Add it: `faregate key update key_1 --scope list --scope key --scope models`.'])
    assert.match(step.detail, /limited to list, key; this needs the scope "models"/)
    const counted: RequestRow = { ...REQUEST, path: '/v1/messages/count_tokens' }
    assert.match(stepOf('permissions', evidence({ key: scoped, request: counted })).detail, /needs the scope "count"/)
    assert.match(stepOf('permissions', evidence({ key: { ...KEY, addresses: ['10.0.0.0/8'] } })).detail, /from 10\.0\.0\.0\/8 only/)
    const far = denialOf('permission_denied', { required: ['address:192.0.2.7'] })
    const near = { ...KEY, addresses: ['10.0.0.0/8'] }
    const refused = stepOf('permissions', evidence({ key: near, denial: far }))
    assert.match(refused.detail, /may not be used from 192\.0\.2\.7; it may be used from 10\.0\.0\.0\/8/)
    assert.equal(refused.fix, 'Allow it: `faregate key update key_1 --address 10.0.0.0/8 --address 192.0.2.7`.')
  })

  it('permissions: that a refusal is mended is said for what it was for alone', () => {
    const again = /send the request again/
    const key: KeyRow = { ...KEY, scopes: ['list'], addresses: ['10.0.0.0/8'] }
    const mendings: [required: string, mended: KeyRow][] = [
      ['scope:models', { ...key, scopes: ['models'] }],
      ['address:192.0.2.7', { ...key, addresses: ['192.0.2.0/24'] }],
    ]
    for (const [required, mended] of mendings) {
      const denial = denialOf('permission_denied', { required: [required] })
      assert.doesNotMatch(stepOf('permissions', evidence({ key, denial })).fix ?? '', again, `${required}: the model was never refused`)
      assert.match(stepOf('permissions', evidence({ key: mended, denial })).fix ?? '', again)
    }
    const ofApi = denialOf('permission_denied', { required: ['address:192.0.2.7'], scope: { level: 'api', id: 'weather' } })
    assert.doesNotMatch(stepOf('permissions', evidence({ denial: ofApi })).fix ?? '', again, "an API's own list is no key's")
  })

  it('configuration: whether the model is there, its providers, their keys, its price; and whether they answer', () => {
    const wrong: [Evidence, RegExp, RegExp][] = [
      [evidence({ request: { ...REQUEST, model: 'gone' } }), /No model is called gone/, /faregate model list/],
      [evidence({}, { provider: { ...PROVIDER, name: 'other' } }), /provider openai, which does not exist/, /faregate provider add openai/],
      [evidence({}, { provider: { ...PROVIDER, keyless: false } }), /there is no key/, /faregate provider set openai --key-stdin/],
      [evidence({ priced: new Set() }), /has no price/, /faregate price set openai\/gpt/],
      [
        evidence({ providerState: () => ({ state: 'failing', lastError: 'HTTP 500' }) }),
        /failing now: HTTP 500/,
        /faregate provider test openai/,
      ],
    ]
    for (const [of, said, fix] of wrong) {
      const step = stepOf('configuration', of)
      assert.equal(step.result, 'failed')
      assert.match(step.detail, said)
      assert.match(step.fix ?? '', fix)
      const told = stepOf('configuration', { ...of, forOperator: false })
      if (!/No model/.test(step.detail))
        assert.ok(!/openai|price/.test(told.detail + String(told.fix)), "a tenant is not told of the operator's set-up")
    }
    assert.match(stepOf('configuration', evidence({ denial: denialOf('price_missing') })).fix ?? '', /send the request again/)
  })

  it('rate limits: whether the request was within those of its key, and what these are', () => {
    const key: KeyRow = { ...KEY, limits: [{ kind: 'requests', amount: 5, per: 'second' }] }
    assert.match(
      stepOf('rate_limits', evidence({ key })).detail,
      /was within the limits of the key "chatbot" .+ It may use 5 requests a second now\./,
    )
    const limited = stepOf('rate_limits', evidence({ key, denial: denialOf('rate_limited') }))
    assert.match(limited.detail, /^rate_limited: what was said .+ It may use 5 requests a second now\./)
    assert.equal(limited.result, 'failed')
    const before = stepOf('rate_limits', evidence({ denial: denialOf('permission_denied') }))
    assert.deepEqual([before.result, before.detail.includes('before its limits')], ['unknown', true])
  })

  it('rate limits: those of the application, the organization and the plan beside those of the key', () => {
    const pro = plan({ name: 'pro', models: ['small'], limits: [{ kind: 'concurrency', amount: 3 }] })
    const serving = { subscription: subscription(pro, 0, { plan: 'pro', paidUntil: 2_000, anchor: 0, periods: 1 }), version: pro }
    const application = { limits: [{ kind: 'requests', amount: 7, per: 'minute' }] } as ApplicationRow
    const organization = { ...ORGANIZATION, limits: [{ kind: 'tokens', amount: 900, per: 'day' }] } as OrganizationRow
    const of = { application, organization, plans: { newest: [pro], held: [serving] } }
    for (const denial of [undefined, denialOf('rate_limited')]) {
      const { detail } = stepOf('rate_limits', evidence({ ...of, denial }))
      assert.match(detail, /It has none of its own now\. Its application may use 7 requests a minute now\./)
      assert.match(detail, /Its organization may use 900 tokens a day now\. Its plan "pro" may use 3 .+ now\./)
    }
  })

  it("rate limits: a provider's limit that was met on the way", () => {
    const attempts = [{ ...ATTEMPT, status: 429, outcome: 'failed', error: 'provider_rate_limited' }, ATTEMPT]
    const step = stepOf('rate_limits', evidence({ request: { ...REQUEST, attempts } }))
    assert.equal(step.result, 'failed')
    assert.match(step.detail, /That is not a limit of the caller/)
  })

  it('logs and usage: how it went, or why that is not known', () => {
    assert.match(stepOf('logs_and_usage', evidence()).detail, /It was served, for 0\.00 USD; .+ openai\/gpt 200 \(served\)/)
    assert.match(stepOf('logs_and_usage', evidence({ fromLedger: true })).detail, /the ledger shows a charge/)
    assert.match(stepOf('logs_and_usage', evidence({ request: undefined })).detail, /There is no record/)
  })
})
