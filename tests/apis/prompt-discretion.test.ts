import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { chunk, openStream, sendJson } from '../support/behaviours.ts'
import { header, json, type Answer } from '../support/http.ts'
import { eventsOf, promptWorld, TRANSLATE } from './prompt-world.ts'

/** Words that only the publisher may read: of the model, of what serves it, and of what it is asked. */
const SECRET = ['secret-model', 'secret-upstream', 'fake', 'calm', 'Translate into']

const VALUES = { text: 'Hello', language: 'de' }

const EVENTS = { headers: { accept: 'text/event-stream' } }

describe('what callers of a prompt learn of its model and of what that is asked', () => {
  const world = promptWorld()
  const say = (status: number, message: string, more: Record<string, unknown> = {}) =>
    world.upstream.on('secret-upstream', (exchange) => sendJson(exchange, status, { error: { message, ...more } }))
  const call = (path = '/hidden', sent: Parameters<typeof world.call>[1] = {}) => world.call(VALUES, { path, ...sent })
  const tellsNothing = ({ rawHeaders, text }: Answer) => {
    for (const word of SECRET) assert.ok(!`${rawHeaders.join('\n')}\n${text}`.includes(word), `${word} in ${rawHeaders.join(' ')} ${text}`)
  }
  const mended = (answer: Answer) => {
    tellsNothing(answer)
    const { code, scope, fixes } = json(answer)
    assert.deepEqual([answer.status, code, scope], [500, 'gateway_misconfigured', { level: 'api', id: 'hidden' }], answer.text)
    assert.deepEqual(
      (fixes as { action: string; by: string }[]).map(({ action, by }) => [action, by]),
      [['mend_api', 'operator']],
    )
  }
  const causeOf = async (answer: Answer) => {
    const { operatorDetail } = await world.gateway.api.expect<{ operatorDetail: string }>(
      200,
      'GET',
      `/api/denials/${String(json(answer)['denialId'])}`,
    )
    return operatorDetail
  }

  before(async () => {
    const { api } = world.gateway
    // Most is told to those who are told how it was decided.
    await api.expect(200, 'PATCH', `/api/organizations/${world.customer.organization}`, { disclosure: 'trace' })
    const deployments = [{ provider: 'fake', model: 'secret-upstream' }]
    await api.expect(201, 'POST', '/api/models', { name: 'secret-model', deployments, price: { input: '10', output: '700' } })
    await world.publish('hidden', { ...TRANSLATE, model: 'secret-model' })
  })

  test('an answer, its head, a stream and an explanation name neither', async () => {
    world.upstream.on('secret-upstream', (exchange) => {
      exchange.response.setHeader('openai-model', 'secret-upstream')
      exchange.response.setHeader('openai-version', 'secret-upstream')
      sendJson(exchange, 200, {
        model: 'secret-upstream',
        choices: [{ message: { role: 'assistant', content: 'Hallo' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
      })
    })
    const answered = await call()
    assert.deepEqual(json(answered), { output: 'Hallo', finish: 'stop', usage: { inputTokens: 9, outputTokens: 1 } })
    tellsNothing(answered)
    const explained = await world.gateway.explain(world.customer.key, { path: '/hidden', body: VALUES })
    assert.equal(explained.verdict, 'allow')
    assert.ok(!SECRET.some((word) => JSON.stringify(explained).includes(word)), JSON.stringify(explained))
    world.upstream.on('secret-upstream', (exchange) => {
      openStream(exchange)
      exchange.response.write(chunk(exchange.model, { content: ' the the the' }), () => exchange.socket.destroy())
    })
    const streamed = await call('/hidden', EVENTS)
    const last = eventsOf(streamed).at(-1)
    assert.deepEqual([last?.event, last?.data['code'], last?.data['scope']], ['error', 'provider_error', { level: 'api', id: 'hidden' }])
    tellsNothing(streamed)
  })

  test('a request that its upstream refuses is the publisher’s to mend, who reads the upstream’s words', async () => {
    const words = 'Invalid schema: secret-upstream takes no such thing'
    say(400, `${words}. The prompt was: Translate into de, calm.`, { code: 'x' })
    for (const sent of [{}, EVENTS, { headers: { accept: 'application/problem+json' } }]) {
      const refused = await call('/hidden', sent)
      mended(refused)
      assert.ok((await causeOf(refused)).includes(words))
    }
  })

  test('values that are too long are the caller’s to shorten, told in words of the gateway', async () => {
    say(400, 'secret-upstream: this model’s maximum context length is 10 tokens', { code: 'context_length_exceeded' })
    const refused = await call()
    tellsNothing(refused)
    const { code, detail, reason, fixes } = json(refused)
    assert.deepEqual([refused.status, code, reason], [400, 'provider_rejected', 'context_length_exceeded'])
    assert.match(String(detail), /^With these values/)
    assert.deepEqual((fixes as { action: string }[])[0]?.action, 'shorten_values')
  })

  test('values whose content an upstream refuses are the caller’s to change, told in words of the gateway, at no charge', async () => {
    const words = 'secret-upstream: your prompt "Translate into de, calm." was filtered'
    for (const error of [
      { code: 'content_filter' },
      { code: 'content_policy_violation' },
      { code: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } },
    ]) {
      say(400, words, error)
      const refused = await call()
      tellsNothing(refused)
      const { code, detail, reason, scope, charged, fixes } = json(refused)
      assert.deepEqual([refused.status, code, reason, charged], [400, 'provider_rejected', 'content_filter', false])
      assert.deepEqual(scope, { level: 'api', id: 'hidden' })
      assert.match(String(detail), /these values/)
      assert.deepEqual((fixes as { action: string }[])[0]?.action, 'change_values')
      assert.ok((await causeOf(refused)).includes('secret-upstream'))
    }
  })

  test('an upstream that fails, is unpaid or does not know the key is told as the API’s', async () => {
    for (const [status, code] of [
      [503, 'provider_error'],
      [402, 'provider_account_unpaid'],
      [401, 'provider_auth_failed'],
    ] as const) {
      say(status, 'secret-upstream')
      const refused = await call()
      tellsNothing(refused)
      assert.deepEqual([json(refused)['code'], json(refused)['scope']], [code, { level: 'api', id: 'hidden' }])
      assert.match(header(refused, 'faregate-denial') ?? '', /scope="api"/)
    }
  })

  test('a model without a price, without a key or that is gone is the publisher’s to mend, as explain foretells', async () => {
    const { api } = world.gateway
    const model = '/api/models/secret-model'
    await api.expect(201, 'POST', '/api/providers', { name: 'keyless-secret', kind: 'openai' })
    const unpriced = { deployments: [{ provider: 'fake', model: 'secret-upstream' }], price: null }
    for (const spoil of [
      () => api.expect(200, 'PATCH', model, unpriced),
      () =>
        api.expect(200, 'PATCH', model, {
          deployments: [{ provider: 'keyless-secret', model: 'secret-upstream' }],
          price: { input: '1', output: '1' },
        }),
      () => api.expect(200, 'PATCH', model, { retirement: { state: 'retired' } }),
      () => api.expect(204, 'DELETE', model),
    ]) {
      await spoil()
      const refused = await call()
      mended(refused)
      assert.ok((await causeOf(refused)).includes('secret'))
      const { verdict } = await world.gateway.explain(world.customer.key, { path: '/hidden', body: VALUES })
      const { code, detail } = verdict as Record<string, unknown>
      assert.deepEqual([code, detail], ['gateway_misconfigured', 'The API "hidden" is not configured properly.'])
    }
  })
})
