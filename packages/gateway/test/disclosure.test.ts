import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  DENIAL_CODES,
  disclosed,
  DISCLOSURES,
  renderProblem,
  type Denial,
  type DenialCode,
  type Disclosure,
  type Problem,
} from '@faregate/core'
import { anthropic, cohere, gemini, ollama, openaiChat, openaiResponses, type Dialect } from '@faregate/wire'
import { openWorld } from './support/world.ts'

const DIALECTS = { openaiChat, openaiResponses, anthropic, gemini, cohere, ollama } satisfies Record<string, Dialect>

type Envelope = [name: string, render: (problem: Problem) => unknown]

/** Bodies and events of every dialect, and the plain problem. */
const ENVELOPES: Envelope[] = [
  ['plain', (problem) => problem],
  ...Object.entries(DIALECTS).flatMap(([name, dialect]): Envelope[] => [
    [name, (problem) => dialect.errorBody(problem)],
    [`${name}, in a stream`, (problem) => dialect.errorEvent(problem, { model: 'm' }).toString('utf8')],
  ]),
]

/** Everything that a refusal can say, each value of the account's one that is found again wherever it stands. */
function everything(code: DenialCode): Denial & { anythingNew: string } {
  return {
    anythingNew: 'not-known-yet',
    code,
    detail: 'Acme-Corp has 77.77 left.',
    scope: { level: 'org', id: 'org_secret', key: '…last', plan: 'pro-plan', balance: 'wallet' },
    limit: {
      kind: 'balance',
      unit: 'USD',
      required: '88.88',
      available: '77.77',
      held: '66.66',
      shortfall: '11.11',
      resetsAt: '2027-01-01T00:00:00Z',
    },
    affordable: { maxOutputTokens: 55_555 },
    fixes: [
      {
        kind: 'pay',
        action: 'grant',
        by: 'operator',
        canYou: false,
        minAmount: '11.11',
        command: 'faregate grant org_secret 11.11',
        contact: 'pay@example',
      },
      {
        kind: 'pay',
        action: 'upgrade',
        by: 'billing_admin',
        plan: 'big-plan',
        dueNow: '44.44',
        command: 'faregate subscription change sub_1 big-plan',
      },
      { kind: 'change_policy', action: 'raise_cap', by: 'org_admin', byAtLeast: '11.11', command: 'faregate key update key_1 --cap 5/day' },
      { kind: 'change_request', action: 'lower_max_tokens', by: 'caller', to: 55_555 },
    ],
    also: ['also-this' as DenialCode],
    plans: [{ plan: 'big-plan', price: '99.99', period: 'month', dueNow: '44.44', approval: false }],
    alternatives: [{ model: 'small-model', hold: '22.22' }],
    required: ['model:m'],
    granted: ['model:granted'],
    requestUrl: 'https://gateway/ask',
    pollUrl: 'https://gateway/poll',
    pointer: '/model',
    hint: 'a hint',
    charged: false,
  }
}

const TRACE = [{ check: 'traced-check', result: 'ok' as const }]

/** What is told from each level on, and not below it. */
const FROM: Record<Exclude<Disclosure, 'code'>, string[]> = {
  fixes: ['org_secret', 'pro-plan', 'pay@example', 'big-plan', 'small-model', 'raise_cap', 'also-this', 'model:granted', '/ask', '/poll'],
  amounts: ['Acme-Corp', '77.77', '88.88', '66.66', '11.11', '55555', '44.44', '99.99', '22.22', '5/day', 'not-known-yet'],
  trace: ['traced-check'],
}

/** Of these no member is the account's: they are told as they are. */
const OPEN =
  /^(route_|request_|credential_|signature_|token_|caller_|idempotency_|model_unknown|(api|model)_retired|gateway_|price_missing|no_provider_key|ledger_|provider_)/

function shown(code: DenialCode, level: Disclosure): Problem {
  const context = { denialId: 'dn_1', requestId: 'req_1', publicUrl: 'http://gateway', asOf: '2027-01-01T00:00:00Z' }
  return disclosed(renderProblem(everything(code), context), level, TRACE)
}

describe('how much a refusal tells of the account', () => {
  for (const code of DENIAL_CODES) {
    it(`${code}: at no level, in no envelope, what a higher level tells; and all that its own tells`, () => {
      for (const [index, level] of DISCLOSURES.entries()) {
        for (const [envelope, render] of ENVELOPES) {
          const text = JSON.stringify(render(shown(code, level)))
          for (const [from, values] of Object.entries(FROM)) {
            const told = index >= DISCLOSURES.indexOf(from as Disclosure) || (from !== 'trace' && OPEN.test(code))
            for (const value of values) assert.equal(text.includes(value), told, `${value} at ${level}, ${envelope}: ${text}`)
          }
          for (const value of [code, 'dn_1', 'req_1']) assert.ok(text.includes(value), `${value} at ${level}, ${envelope}: ${text}`)
        }
      }
    })
  }
})

const ORGANIZATION = { id: 'org_acme', name: 'Acme', zone: 'UTC', suspended: null, cap: null, userCap: null }
const BODY = { model: 'm', max_tokens: 1_000_000, messages: [{ role: 'user', content: 'hi' }] }

describe('the level of an organization', () => {
  async function refusedAt(disclosure: Disclosure, headers: Record<string, string> = {}) {
    const world = await openWorld({ key: { organization: { ...ORGANIZATION, disclosure } } })
    const answer = await world.post(BODY, { headers })
    const explained = await world.post({ ...BODY, path: '/v1/chat/completions' }, { path: '/v1/explain' })
    const { verdict } = (await explained.json()) as { verdict: unknown }
    await world.close()
    return { answer, text: await answer.text(), verdict: JSON.stringify(verdict), recorded: world.denials[0] }
  }

  it('decides what a refusal and an explanation tell, and nothing of what is kept of it', async () => {
    for (const level of DISCLOSURES) {
      const { text, verdict, recorded } = await refusedAt(level)
      for (const told of [text, verdict]) {
        assert.ok(told.includes('insufficient_balance'), told)
        assert.equal(told.includes('"fixes"'), level !== 'code')
        assert.equal(told.includes('"available"'), level === 'amounts' || level === 'trace')
        assert.equal(told.includes('"trace"'), level === 'trace')
      }
      assert.ok(recorded?.problem.includes('"available"') && recorded.problem.includes('"fixes"'))
    }
  })

  it('with the code alone, heads name neither the account nor its page', async () => {
    const bare = (await refusedAt('code')).answer.headers
    assert.match(bare.get('faregate-denial') ?? '', /^insufficient_balance;id="dn_\w+"$/)
    assert.match((await refusedAt('fixes')).answer.headers.get('faregate-denial') ?? '', /;scope="org"$/)
  })

  it('a caller without a key that is known is told nothing of any account', async () => {
    const { text } = await refusedAt('trace', { authorization: 'Bearer fg_nobody' })
    assert.doesNotMatch(text, /Acme|org_acme|"trace"|balance/)
  })
})
