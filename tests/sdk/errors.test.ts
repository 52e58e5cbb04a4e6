import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from 'openai'
import { assertSettled } from '../support/api.ts'
import { answer, either, usage } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { cutAfter, openaiError, status } from '../support/faults.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'

const USER = [{ role: 'user' as const, content: 'Hello!' }]
type ErrorClass = new (...parameters: never[]) => APIError

describe('errors in the official openai SDK', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    const coarse = { price: { input: '0', output: '1000' } }
    gateway = await startGateway({ config: configuration(upstream, { m: coarse, other: coarse }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  function clientOf(key: string): OpenAI {
    return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 2 })
  }

  /** Calls, insists on the class, and gives the error with the number of attempts that the gateway saw. */
  async function failure(
    customer: Customer,
    expected: ErrorClass,
    body: Record<string, unknown> = {},
  ): Promise<{ error: APIError; attempts: number }> {
    const earlier = (await gateway.api.records({ organization: customer.organization })).length
    const error = await clientOf(customer.key)
      .chat.completions.create({ model: 'm', messages: USER, max_tokens: 10, ...body })
      .then(
        () => assert.fail('no error'),
        (thrown: unknown) => thrown,
      )
    assert.ok(error instanceof expected, `${String(error)} is a ${expected.name}`)
    assert.ok(error instanceof APIError)
    await gateway.api.record(error.requestID ?? '')
    const attempts = await eventually(async () => {
      const records = await gateway.api.records({ organization: customer.organization })
      assert.ok(records.length > earlier)
      return records.length - earlier
    })
    return { error, attempts }
  }

  test('401 is AuthenticationError, for a key that nobody knows', async () => {
    const error = await clientOf('sk-proj-of-openai')
      .chat.completions.create({ model: 'm', messages: USER })
      .catch((thrown: unknown) => thrown)
    assert.ok(error instanceof AuthenticationError)
    assert.equal(error.code, 'invalid_api_key')
    assert.equal(error.type, 'authentication_error')
  })

  test('402 is APIError with status 402, sent once', async () => {
    const { error, attempts } = await failure(await gateway.customer('0.001'), APIError)
    assert.deepEqual([error.status, error.type, error.code, attempts], [402, 'billing_error', 'insufficient_quota', 1])
    assert.ok(!(error instanceof RateLimitError))
  })

  test('403 is PermissionDeniedError, sent once: a model that the key may not call, and a spend cap', async () => {
    const limited = await failure(await gateway.customer('1.00', { models: ['other'] }), PermissionDeniedError)
    assert.deepEqual([limited.error.status, limited.error.type, limited.attempts], [403, 'permission_error', 1])
    const capped = await failure(await gateway.customer('1.00', { cap: { amount: '0.001', period: 'day' } }), PermissionDeniedError)
    assert.deepEqual([capped.error.status, capped.error.code, capped.attempts], [403, 'cap_key', 1])
  })

  test('404 is NotFoundError, sent once: a model that nobody serves', async () => {
    const { error, attempts } = await failure(await gateway.customer('1.00'), NotFoundError, { model: 'n' })
    assert.deepEqual([error.status, error.code, attempts], [404, 'model_not_found', 1])
  })

  test("400 is BadRequestError, sent once: ours with the member, and the provider's unchanged", async () => {
    const customer = await gateway.customer('1.00')
    const own = await failure(customer, BadRequestError, { max_tokens: -1 })
    assert.deepEqual([own.error.param, own.attempts], ['max_tokens', 1])
    upstream.on(
      'm',
      status(400, {
        error: {
          message: 'Unsupported value: temperature',
          type: 'invalid_request_error',
          param: 'temperature',
          code: 'unsupported_value',
        },
      }),
    )
    const passed = await failure(customer, BadRequestError)
    assert.deepEqual([passed.error.param, passed.error.code, passed.attempts], ['temperature', 'unsupported_value', 1])
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
  })

  test('422 of the provider is UnprocessableEntityError', async () => {
    upstream.on('m', status(422, openaiError('cannot', 'invalid_request_error', null)))
    const { attempts } = await failure(await gateway.customer('1.00'), UnprocessableEntityError)
    assert.equal(attempts, 1)
  })

  test('429 is RateLimitError and is tried again, until the requests in flight have ended', async () => {
    const customer = await gateway.customer('0.015')
    const release = gate()
    upstream.on('m', answer(usage(0, 5), { after: release.promise }), answer(usage(0, 5)))
    const first = clientOf(customer.key).chat.completions.create({ model: 'm', messages: USER, max_tokens: 10 })
    await eventually(async () => assert.ok(nano((await gateway.api.balance(customer.organization)).held) > 0n))
    const refused = await new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: customer.key, maxRetries: 0 }).chat.completions
      .create({ model: 'm', messages: USER, max_tokens: 10 })
      .catch((thrown: unknown) => thrown)
    assert.ok(refused instanceof RateLimitError)
    assert.equal(refused.code, 'rate_limit_exceeded')
    const second = clientOf(customer.key).chat.completions.create({ model: 'm', messages: USER, max_tokens: 10 })
    setTimeout(release.open, 500)
    assert.equal((await first).usage?.completion_tokens, 5)
    assert.equal((await second).usage?.completion_tokens, 5)
  })

  for (const [fault, expected] of [
    [status(500, openaiError('x', 'server_error', null)), 502],
    [status(429, openaiError('x', 'requests', 'rate_limit_exceeded'), { 'retry-after': '1' }), 503],
  ] as const) {
    test(`${expected} is InternalServerError; x-should-retry: true makes it three attempts`, async () => {
      upstream.on('m', fault)
      const { error, attempts } = await failure(await gateway.customer('1.00'), InternalServerError)
      assert.deepEqual([error.status, error.headers?.get('x-should-retry'), attempts], [expected, 'true', 3])
    })
  }

  test('S5: a stream that breaks throws, and does not look complete', async () => {
    upstream.on('m', cutAfter(3))
    const customer = await gateway.customer('1.00')
    let pieces = 0
    const running = async (): Promise<void> => {
      for await (const piece of await clientOf(customer.key).chat.completions.create({
        model: 'm',
        messages: USER,
        stream: true,
        max_tokens: 10,
      })) {
        if (piece.choices[0]?.delta.content) pieces++
      }
    }
    await assert.rejects(running(), APIError)
    assert.equal(pieces, 3)
  })

  test('S6: an error before the first byte of a stream is an error with its status', async () => {
    upstream.on('m', either(3))
    const customer = await gateway.customer('0.001')
    const error = await clientOf(customer.key)
      .chat.completions.create({ model: 'm', messages: USER, stream: true, max_tokens: 10 })
      .catch((thrown: unknown) => thrown)
    assert.ok(error instanceof APIError)
    assert.equal(error.status, 402)
  })
})
