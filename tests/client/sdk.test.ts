import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import Anthropic, { PermissionDeniedError } from '@anthropic-ai/sdk'
import OpenAI, { APIConnectionTimeoutError, APIError, InternalServerError } from 'openai'
import { anthropicOptions, createFetch, denialOf, openaiOptions, type Mend } from '../../packages/client/src/index.ts'
import { startWorld, type World } from '../denials/world.ts'
import { assertSettled } from '../support/api.ts'
import { answer, either, usage } from '../support/behaviours.ts'
import { nano } from '../support/decimal.ts'
import { openaiError, status } from '../support/faults.ts'
import { eventually, gate } from '../support/wait.ts'

const MESSAGES = [{ role: 'user' as const, content: 'Hello!' }]

describe('official SDKs over the client', () => {
  let world: World
  let mends: Mend[] = []
  const onMend = (mend: Mend): void => void mends.push(mend)

  before(async () => {
    world = await startWorld()
  })
  after(async () => {
    await world?.gateway.stop()
    await world?.upstream.close()
  })
  beforeEach(() => {
    mends = []
    world.upstream.on('plain', either(5, { usage: usage(0, 5) }))
  })

  const connection = (key: string): { url: string; key: string; onMend: typeof onMend } => ({ url: world.gateway.url, key, onMend })

  async function raised(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      () => assert.fail('it was not refused'),
      (error: unknown) => error,
    )
  }

  test('openai raises its own class, and the refusal behind it is typed; sent once', async () => {
    const customer = await world.gateway.customer('0.004')
    const client = new OpenAI(openaiOptions(connection(customer.key)))
    const error = await raised(client.chat.completions.create({ model: 'plain', max_tokens: 10, messages: MESSAGES }))
    assert.ok(error instanceof APIError)
    const denied = denialOf(error)
    assert.ok(denied?.is('insufficient_balance'))
    assert.equal(nano(denied.problem.limit.shortfall), 6_000_000n)
    assert.deepEqual([denied.fixes[0]?.kind, denied.yours[0]?.to, mends], ['pay', 4, []])
    await world.gateway.api.record(denied.requestId ?? '')
    assert.equal((await world.gateway.api.records({ organization: customer.organization })).length, 1)
    assert.equal(nano((await assertSettled(world.gateway.api, customer.organization)).posted), 0n)
  })

  test('anthropic raises its own class, and the refusal behind it is typed', async () => {
    const customer = await world.gateway.customer('1.00', { models: ['other'] })
    const client = new Anthropic(anthropicOptions(connection(customer.key)))
    const error = await raised(client.messages.create({ model: 'plain', max_tokens: 10, messages: MESSAGES }))
    assert.ok(error instanceof PermissionDeniedError)
    const denied = denialOf(error)
    assert.ok(denied?.is('permission_denied'))
    assert.deepEqual([denied.problem.required, denied.fixes[0]?.by], [['model:plain'], 'org_admin'])
  })

  test('a balance that is tied up is waited for, without the SDK knowing', async () => {
    const customer = await world.gateway.customer('0.015')
    const release = gate()
    world.upstream.on('plain', answer(usage(0, 1), { after: release.promise }), answer(usage(0, 1)))
    const ask = (): Promise<unknown> =>
      new OpenAI(openaiOptions(connection(customer.key))).chat.completions.create({ model: 'plain', max_tokens: 10, messages: MESSAGES })
    const first = ask()
    await eventually(async () => assert.ok(nano((await world.gateway.api.balance(customer.organization)).held) > 0n))
    setTimeout(release.open, 500)
    await ask()
    await first
    assert.deepEqual(mends[0], { did: 'waited', seconds: 1 })
  })

  test('paying, and the same request again: charged once', async () => {
    const customer = await world.gateway.customer('0.004')
    const pay = async (): Promise<boolean> => (await world.gateway.api.grant(customer.organization, '1.00')) !== ''
    const client = new Anthropic(anthropicOptions({ ...connection(customer.key), pay }))
    const message = await client.messages.create({ model: 'plain', max_tokens: 10, messages: MESSAGES })
    assert.deepEqual([message.type, mends], ['message', [{ did: 'paid' }]])
    assert.equal(nano((await assertSettled(world.gateway.api, customer.organization)).posted), 5_000_000n)
  })

  test('a provider that fails is tried again within bounds, and then the SDK raises', async () => {
    const customer = await world.gateway.customer('1.00')
    world.upstream.on('plain', status(500, openaiError('x', 'server_error', null)))
    const client = new OpenAI(openaiOptions({ ...connection(customer.key), wait: { tries: 2 } }))
    const error = await raised(client.chat.completions.create({ model: 'plain', max_tokens: 10, messages: MESSAGES }))
    assert.ok(error instanceof InternalServerError)
    assert.equal(denialOf(error)?.code, 'provider_error')
    assert.equal(mends.length, 2)
    assert.equal(nano((await assertSettled(world.gateway.api, customer.organization)).posted), 0n)
  })

  test("the SDK's own timeout ends the waiting", async () => {
    const customer = await world.gateway.customer('1.00')
    world.upstream.on('plain', status(429, openaiError('x', 'requests', 'rate_limit_exceeded'), { 'retry-after': '30' }))
    const client = new OpenAI({ ...openaiOptions(connection(customer.key)), timeout: 1_000 })
    const error = await raised(client.chat.completions.create({ model: 'plain', max_tokens: 10, messages: MESSAGES }))
    assert.ok(error instanceof APIConnectionTimeoutError)
  })

  describe('a stream that the balance ends', () => {
    const streams: Record<string, (key: string) => Promise<AsyncIterable<unknown>>> = {
      "openai's chat completions": (key) =>
        new OpenAI(openaiOptions(connection(key))).chat.completions.create({
          model: 'endless',
          max_tokens: 200,
          stream: true,
          messages: MESSAGES,
        }),
      "openai's responses": (key) =>
        new OpenAI(openaiOptions(connection(key))).responses.create({
          model: 'endless',
          max_output_tokens: 200,
          stream: true,
          input: 'Hello',
        }),
      "anthropic's messages": (key) =>
        new Anthropic(anthropicOptions(connection(key))).messages.create({
          model: 'endless',
          max_tokens: 200,
          stream: true,
          messages: MESSAGES,
        }),
    }

    for (const [name, open] of Object.entries(streams)) {
      test(`is raised by ${name} after what was delivered, and is typed`, async () => {
        const customer = await world.gateway.customer('0.05')
        let events = 0
        const reading = async (): Promise<void> => {
          for await (const event of await open(customer.key)) events += event === undefined ? 0 : 1
        }
        const denied = denialOf(await raised(reading()))
        assert.ok(denied?.is('stream_funds_exhausted'))
        assert.ok(events > 5, `${events} events`)
        assert.equal(denied.inStream, true)
        const { posted } = await assertSettled(world.gateway.api, customer.organization)
        assert.equal(nano(String(denied.charged)), nano(posted))
      })
    }
  })

  test('a fetch of no SDK: the refusals of the management API are typed errors, too', async () => {
    const error = await raised(createFetch({ url: world.gateway.url, key: world.gateway.token })('/api/organizations/org_nobody'))
    const denied = denialOf(error)
    assert.deepEqual([denied?.code, denied?.status], ['not_found', 404])
  })
})
