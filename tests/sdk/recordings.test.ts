import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { charge } from '../support/auditor.ts'
import type { Usage } from '../support/auditor.ts'
import { asksForUsage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { asSent } from '../support/mended.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Exchange, Upstream } from '../support/upstream.ts'
import { chatAnswers, chatExchanges, recordingsMissing } from './recordings.ts'

const PRICE = { input: '1.25', output: '10', cacheRead: '0.125', audioIn: '10', audioOut: '20' }
const PRIVATE_HEADERS = [
  'openai-organization',
  'openai-project',
  'set-cookie',
  'cf-ray',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-tokens',
  'server',
  'alt-svc',
]

describe('recorded answers of providers', { skip: recordingsMissing() }, () => {
  let upstream: Upstream
  let gateway: Gateway
  const exchanges = chatExchanges()
  const answers = chatAnswers()

  before(async () => {
    upstream = await startUpstream()
    const names = exchanges.map(({ request }) => (JSON.parse(request) as { model: string }).model)
    const models = Object.fromEntries([...new Set([...names, 'replayed'])].map((name) => [name, { price: PRICE, maxOutput: 16_384 }]))
    const provider = { name: 'fake', kind: 'openai', baseUrl: upstream.url, apiKey: 'sk-upstream-test' }
    gateway = await startGateway({ config: configuration(upstream, models, { providers: [provider] }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  function replay(model: string, status: number, headers: Record<string, string>, body: string): void {
    upstream.on(model, (exchange: Exchange) => {
      exchange.response.writeHead(status, {
        'content-type': headers['content-type'] ?? 'application/json',
        ...headers,
        'content-length': Buffer.byteLength(body),
      })
      exchange.response.end(body)
    })
  }

  /** The one charge of a fresh customer is what the auditor makes of the usage that the recording reports. */
  async function assertCharged(customer: Customer, result: Answer, usage: Usage | undefined): Promise<void> {
    const { posted } = await assertSettled(gateway.api, customer.organization)
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    assert.equal(nano(record.cost), nano(posted))
    if (usage === undefined) return assert.equal(record.estimated, true)
    assert.equal(record.estimated, false, JSON.stringify(record))
    assert.equal(nano(posted), charge(PRICE, usage))
  }

  test('there are recordings of OpenAI and of other vendors', () => {
    assert.ok(exchanges.length >= 10, `${exchanges.length} exchanges`)
    assert.ok(answers.length >= 15, `${answers.length} answers`)
  })

  for (const recorded of exchanges) {
    test(`${recorded.name}: the request reaches the provider, and the answer the caller, byte for byte`, async () => {
      const customer = await gateway.customer('50.00')
      const request = recorded.request.replace('"max_tokens": 0,', '"max_tokens": 5,')
      const { model, stream } = JSON.parse(request) as { model: string; stream?: boolean }
      replay(model, recorded.status, recorded.headers, recorded.body)
      const result = await gateway.chat(customer.key, request)
      const sent = upstream.calls.at(-1)
      assert.ok(sent)
      if (stream === true)
        assert.deepEqual({ ...sent.body, stream_options: undefined }, { ...(JSON.parse(request) as object), stream_options: undefined })
      else assert.equal(sent.bytes.toString(), request)
      if (stream === true) assert.equal(asksForUsage(sent), true)
      assert.equal(result.status, recorded.status)
      assert.equal(result.text, recorded.body)
      assert.equal(header(result, 'content-type'), recorded.headers['content-type'])
      for (const name of PRIVATE_HEADERS) assert.equal(header(result, name), undefined, `${name} is the operator's`)
      assert.notEqual(header(result, 'x-request-id'), recorded.headers['x-request-id'])
      if (recorded.status !== 200) {
        assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
        return assert.match(header(result, 'faregate-denial') ?? '', /^provider_rejected;/)
      }
      const usage = stream === true ? chatStream(recorded.body).usage.at(-1) : (JSON.parse(recorded.body) as { usage: unknown }).usage
      await assertCharged(customer, result, usage as Usage | undefined)
    })
  }

  for (const recorded of answers) {
    test(`${recorded.name}: arrives byte for byte${recorded.stream ? ', with the usage chunk only for who asks' : ''}, and is charged by its usage`, async () => {
      replay('replayed', 200, { 'content-type': recorded.stream ? 'text/event-stream' : 'application/json' }, recorded.body)
      const body = { model: 'replayed', stream: recorded.stream, messages: say('x'.repeat(3_000)) }
      const customer = await gateway.customer('50.00')
      const asked = await gateway.chat(customer.key, recorded.stream ? { ...body, stream_options: { include_usage: true } } : body)
      assert.equal(asSent(asked.text, recorded.body), recorded.body)
      const usage = recorded.stream ? chatStream(recorded.body).usage.at(-1) : (JSON.parse(recorded.body) as { usage?: unknown }).usage
      await assertCharged(customer, asked, usage as Usage | undefined)
      if (!recorded.stream) return
      const other = await gateway.customer('50.00')
      const plain = await gateway.chat(other.key, body)
      const expected = withoutUsageChunk(recorded.body)
      assert.equal(asSent(plain.text, expected), expected)
      await assertCharged(other, plain, usage as Usage | undefined)
    })
  }
})

/** The stream without the one chunk that only carries usage. */
function withoutUsageChunk(body: string): string {
  return body
    .split(/(?<=\n\n)/)
    .filter((event) => !/"choices":\s*\[\]/.test(event) || !/"usage":\s*\{/.test(event))
    .join('')
}
