import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Denial } from '../../core/src/index.ts'
import { createFetch, Denied, type Mend, type Policy } from '../src/index.ts'
import { answering, quickWorld, refusing, RESERVED, startLoopback, TOO_LITTLE, type Loopback, type Reply } from './server.ts'

const OK = answering({ ok: true })
const BODY = { model: 'm', max_tokens: 4_000, messages: [] }

describe('what a client mends by itself', () => {
  let server: Loopback
  before(async () => {
    server = await startLoopback()
  })
  after(() => server.close())
  beforeEach(() => {
    server.got.length = 0
    server.replies.length = 0
  })

  interface Sent {
    /** What came: the answer, or the error. */
    result: unknown
    mends: Mend[]
    slept: number[]
  }

  /** Sends one request and gives what came of it. */
  async function sent(policy: Policy, replies: Reply[], init: RequestInit = {}, path = '/v1/chat/completions'): Promise<Sent> {
    server.replies.splice(0, 99, ...replies)
    const world = quickWorld()
    const mends: Mend[] = []
    const call = createFetch({ url: server.url, key: 'fg_test', onMend: (mend) => mends.push(mend), ...policy }, world)
    const result: unknown = await call(path, { method: 'POST', body: JSON.stringify(BODY), ...init }).then(
      (response) => response.json(),
      (error: unknown) => error,
    )
    return { result, mends, slept: world.slept }
  }

  function codeOf(result: unknown): string | undefined {
    return result instanceof Denied ? (result as Denied).code : undefined
  }

  const bodies = (): unknown[] => server.got.map(({ body }) => JSON.parse(body) as unknown)

  describe('waiting', () => {
    test('as long as the gateway asks, then the same request again', async () => {
      const { result, slept, mends } = await sent({}, [refusing(RESERVED), refusing(RESERVED), OK])
      assert.deepEqual([result, slept], [{ ok: true }, [1_000, 1_000]])
      assert.deepEqual(mends, [
        { did: 'waited', seconds: 1 },
        { did: 'waited', seconds: 1 },
      ])
      assert.deepEqual(bodies(), [BODY, BODY, BODY])
    })

    test('a little longer each time where the gateway does not know how long', async () => {
      const { slept } = await sent({}, [refusing({ code: 'ledger_unavailable', detail: 'x' })])
      assert.deepEqual(slept, [500, 1_000, 2_000, 4_000])
    })

    test('at most so often, for so long at once, and for so long altogether', async () => {
      const asksFor = (seconds: number): Reply => refusing({ ...RESERVED, retryAfterSeconds: seconds })
      assert.equal((await sent({ wait: { tries: 2 } }, [asksFor(1)])).slept.length, 2)
      assert.equal((await sent({ wait: { longest: 29 } }, [asksFor(30)])).slept.length, 0)
      assert.equal((await sent({ wait: { total: 65 } }, [asksFor(30)])).slept.length, 2)
      assert.equal((await sent({ wait: false }, [asksFor(1)])).slept.length, 0)
    })

    test('not where waiting does not help, whatever the status', async () => {
      for (const code of ['provider_account_unpaid', 'provider_auth_failed', 'price_missing', 'cap_key', 'permission_denied'] as const) {
        const { result, slept } = await sent({}, [refusing({ code, detail: 'x' })])
        assert.deepEqual([codeOf(result), slept.length], [code, 0])
      }
      const patient = await sent({}, [refusing({ code: 'provider_rate_limited', detail: 'x', retryable: false })])
      assert.equal(patient.slept.length, 0, 'the refusal itself knows better than its code')
    })

    test('not for what was charged in part', async () => {
      const { slept } = await sent({}, [refusing({ code: 'provider_error', detail: 'x', charged: '0.01' })])
      assert.equal(slept.length, 0)
    })
  })

  describe('asking for less', () => {
    test('never without being told', async () => {
      const { result } = await sent({}, [refusing(TOO_LITTLE), OK])
      assert.equal(codeOf(result), 'insufficient_balance')
      assert.equal(server.got.length, 1)
    })

    for (const [path, asked, sentThen] of [
      ['/v1/chat/completions', BODY, { ...BODY, max_tokens: 812 }],
      ['/v1/chat/completions', { max_completion_tokens: 900, n: 1 }, { max_completion_tokens: 812, n: 1 }],
      ['/v1/chat/completions', { model: 'm' }, { model: 'm', max_completion_tokens: 812 }],
      ['/v1/completions', { prompt: 'x' }, { prompt: 'x', max_tokens: 812 }],
      ['/v1/responses', { max_output_tokens: 4_000, input: 'x' }, { max_output_tokens: 812, input: 'x' }],
      ['/v1/messages', BODY, { ...BODY, max_tokens: 812 }],
      ['/v2/chat', BODY, { ...BODY, max_tokens: 812 }],
      ['/v1beta/models/m:generateContent', { generationConfig: { maxOutputTokens: 999 } }, { generationConfig: { maxOutputTokens: 812 } }],
      ['/ollama/api/chat', { options: { seed: 1 } }, { options: { seed: 1, num_predict: 812 } }],
    ] as const) {
      test(`the output limit of ${path} ${JSON.stringify(asked)} is lowered to what is affordable`, async () => {
        const { result, mends } = await sent({ lowerMaxTokens: true }, [refusing(TOO_LITTLE), OK], { body: JSON.stringify(asked) }, path)
        assert.deepEqual([result, mends, bodies()[1]], [{ ok: true }, [{ did: 'lowered', to: 812 }], sentThen])
      })
    }

    test('not below what the caller can use, not raised, not twice to the same, and not where the body is no JSON', async () => {
      for (const [policy, init] of [
        [{ lowerMaxTokens: { atLeast: 813 } }, {}],
        [{ lowerMaxTokens: true }, { body: JSON.stringify({ max_tokens: 100 }) }],
        [{ lowerMaxTokens: true }, { body: 'no JSON' }],
      ] as const) {
        assert.equal(codeOf((await sent(policy, [refusing(TOO_LITTLE)], init)).result), 'insufficient_balance')
      }
      assert.equal(server.got.length, 3)
      assert.equal((await sent({ lowerMaxTokens: true }, [refusing(TOO_LITTLE)])).mends.length, 1)
    })
  })

  describe('another model', () => {
    const offering: Denial = {
      ...TOO_LITTLE,
      alternatives: [
        { model: 'small', hold: '0.02' },
        { model: 'tiny', hold: '0.01' },
      ],
    }

    test('is taken where it is offered and allowed, each once', async () => {
      assert.equal((await sent({}, [refusing(offering)])).mends.length, 0)
      const { result, mends } = await sent({ takeAlternative: true }, [refusing(offering), refusing(offering), OK])
      assert.deepEqual(result, { ok: true })
      assert.deepEqual(mends, [
        { did: 'changed_model', model: 'small' },
        { did: 'changed_model', model: 'tiny' },
      ])
      assert.deepEqual(bodies().at(-1), { ...BODY, model: 'tiny' })
    })

    test('is chosen by the caller, who is shown why', async () => {
      const { mends } = await sent({ takeAlternative: ({ model }, denied) => denied.is('insufficient_balance') && model === 'tiny' }, [
        refusing(offering),
        OK,
      ])
      assert.deepEqual(mends, [{ did: 'changed_model', model: 'tiny' }])
    })

    test('is put where Gemini has it: in the path', async () => {
      const path = '/v1beta/models/large:streamGenerateContent?alt=sse'
      const { result } = await sent({ takeAlternative: true }, [refusing(offering), OK], { body: '{"contents":[]}' }, path)
      assert.deepEqual([result, server.got.at(-1)?.path], [{ ok: true }, '/v1beta/models/small:streamGenerateContent?alt=sse'])
    })

    test('is the nearest name where the model is not known', async () => {
      const unknown: Denial = {
        code: 'model_unknown',
        detail: 'No such model.',
        fixes: [{ kind: 'change_request', action: 'use_known_model', by: 'caller', canYou: true, model: 'known' }],
      }
      const { mends } = await sent({ takeAlternative: true }, [refusing(unknown), OK])
      assert.deepEqual(mends, [{ did: 'changed_model', model: 'known' }])
    })
  })

  describe('paying', () => {
    test('is asked for, with everything that is known; then the same request is sent again', async () => {
      const asked: Denied[] = []
      const { result, mends } = await sent({ pay: (denied) => asked.push(denied) > 0 }, [refusing(TOO_LITTLE), OK])
      assert.deepEqual([result, mends, bodies()[1]], [{ ok: true }, [{ did: 'paid' }], BODY])
      assert.equal(asked[0]?.fixes[0]?.command, 'faregate grant org_acme 5.00')
    })

    test('is asked for once a request and code, so that no loop burns money', async () => {
      let paid = 0
      const { result } = await sent({ pay: () => ++paid > 0 }, [refusing(TOO_LITTLE)])
      assert.deepEqual([codeOf(result), paid, server.got.length], ['insufficient_balance', 1, 2])
    })

    test('is not asked for where it would not help: a spend cap offers no fix of that kind', async () => {
      const { result } = await sent({ pay: () => assert.fail('asked') }, [
        refusing({ code: 'cap_key', detail: 'x', fixes: [{ kind: 'change_policy', action: 'raise_cap', by: 'org_admin', canYou: false }] }),
      ])
      assert.equal(codeOf(result), 'cap_key')
    })

    test('that does not happen leaves the other ways, in the order in which they are offered', async () => {
      const { mends } = await sent({ pay: () => false, lowerMaxTokens: true }, [refusing(TOO_LITTLE), OK])
      assert.deepEqual(mends, [{ did: 'lowered', to: 812 }])
    })

    test('that fails is the error of the call', async () => {
      const { result } = await sent({ pay: () => Promise.reject(new Error('the card was refused')) }, [refusing(TOO_LITTLE)])
      assert.match(String(result), /the card was refused/)
    })
  })
})
