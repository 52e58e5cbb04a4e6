import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, openStream, chunk, usage } from '../support/behaviours.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { eventually } from '../support/wait.ts'
import { ANSWER, asChat, eventsOf, OUTPUT, promptWorld, TRANSLATE } from './prompt-world.ts'
import { recordOf } from './world.ts'

const EVENTS = { headers: { accept: 'text/event-stream' } }

for (const { name, skip, block } of ENGINES) {
  describe(
    `what a call of a prompt costs, on ${name}`,
    { skip },
    block((engine) => {
      const world = promptWorld(engine)

      test('it is the call of its model that it stands for: sent alike, charged alike, recorded with the API and the model', async () => {
        const { gateway, customer, upstream } = world
        const values = { text: 'Hello {{language}} {{', language: 'de' }
        const answered = await world.call(values)
        assert.equal(answered.status, 200, answered.text)
        const sent = upstream.calls.at(-1)?.body
        const chat = await gateway.chat(customer.key, asChat(values))
        const input = JSON.stringify(upstream.calls.at(-1)?.body['messages']).length
        assert.deepEqual(sent?.['messages'], upstream.calls.at(-1)?.body['messages'])
        const cost = header(answered, 'faregate-cost') ?? ''
        assert.equal(cost, header(chat, 'faregate-cost'))
        assert.equal(nano(cost), BigInt(input) * 10_000n + BigInt(OUTPUT) * 700_000n)
        assert.deepEqual(json(answered), {
          output: ANSWER,
          finish: 'stop',
          usage: { inputTokens: input, outputTokens: OUTPUT },
        })
        const record = await recordOf(world, answered)
        assert.deepEqual(
          [record['api'], record['route'], record.model, record.outcome, record.cost, record['path']],
          ['translate', 'POST /', 'm', 'served', cost, '/translate'],
        )
        const plain = await recordOf(world, chat)
        assert.deepEqual([record.priceVersion, record.providerCost], [plain.priceVersion, plain.providerCost])
      })

      test('a stream is held slice by slice, and charged as the stream of its model', async () => {
        const { gateway, customer } = world
        const values = { text: 'Hello', language: 'en', tone: 'loud' }
        const streamed = await world.call(values, EVENTS)
        const chat = await gateway.chat(customer.key, { ...asChat(values), stream: true })
        assert.match(header(streamed, 'content-type') ?? '', /^text\/event-stream/)
        const events = eventsOf(streamed)
        const pieces = events.filter(({ event }) => event === 'delta').map(({ data }) => data['text'])
        assert.equal(pieces.join(''), ANSWER)
        const { event, data } = events.at(-1) ?? { event: '', data: {} }
        const [record, plain] = [await recordOf(world, streamed), await recordOf(world, chat)]
        const told = data['usage'] as Record<string, unknown>
        assert.deepEqual([event, data['finish'], told['outputTokens']], ['done', 'stop', OUTPUT])
        assert.deepEqual([record.cost, record['stream'], record['api']], [plain.cost, true, 'translate'])
        assert.ok(nano(record.cost) > 0n)
      })

      test('500 calls at once never spend more than there is', async () => {
        const { key, organization } = await world.gateway.customer('0.30')
        const answers = await Promise.all(Array.from({ length: 500 }, () => world.call({ text: 'x', language: 'de' }, { key })))
        const served = answers.filter(({ status }) => status === 200)
        assert.ok(served.length > 0 && answers.every(({ status }) => [200, 402, 429].includes(status)))
        const balance = await assertSettled(world.gateway.api, organization)
        const costs = served.reduce((sum, one) => sum + nano(header(one, 'faregate-cost') ?? '0'), 0n)
        assert.equal(nano(balance.posted), costs)
        assert.ok(nano(balance.available) >= 0n)
      })
    }),
  )
}

describe('calls of a prompt', () => {
  const world = promptWorld()

  /** A refusal with its place, of which nothing was asked, held or charged. */
  async function refused(answered: Answer, status: number, code: string): Promise<Record<string, unknown>> {
    assert.equal(answered.status, status, answered.text)
    const problem = json(answered)
    assert.deepEqual([problem['code'], problem['charged']], [code, false])
    assert.equal((await recordOf(world, answered)).cost, '0.00')
    return problem
  }

  test('a variable that is missing, unknown or wrong is refused by name, its type and a way to mend it, and nothing is charged', async () => {
    const earlier = world.upstream.calls.length
    for (const [values, pointer, detail] of [
      [{ language: 'de' }, '/text', /`text` is missing, which takes a string: send it like \{"text":"…"\}/],
      [{ text: 'x' }, '/language', /`language` is missing, which takes one of "de", "en": send it like \{"language":"de"\}/],
      [{ text: 'x', language: 'fr' }, '/language', /is another string, and takes one of "de", "en"/],
      [{ text: 7, language: 'de' }, '/text', /is a number, and takes a string/],
      [{ text: 'x', language: 'de', stream: true }, '/stream', /`stream` is no variable of this prompt: leave it out/],
      [[], '', /is not a JSON object: send \{"text":"…"/],
    ] as const) {
      const problem = await refused(await world.call(values), 400, 'request_invalid')
      assert.equal(problem['pointer'], pointer)
      assert.match(String(problem['detail']), detail)
      assert.equal((problem['fixes'] as { canYou: boolean }[])[0]?.canYou, true)
    }
    assert.equal(world.upstream.calls.length, earlier)
  })

  test('a schema of the output is asked of the model; what it says comes as the object, or as it is where it is none', async () => {
    const schema = {
      type: 'object',
      properties: { title: { type: 'string' } },
      required: ['title'],
      additionalProperties: false,
    }
    await world.publish('titled', {
      model: 'm',
      user: '{{text}}',
      variables: { text: { type: 'string' } },
      output: schema,
      temperature: 0.25,
      maxTokens: 64,
    })
    world.upstream.on('m', answer(usage(3, 4), { content: '{"title":"T"}' }), answer(usage(3, 4), { content: '{"title":"T' }))
    const [whole, cut] = [await world.call({ text: 'x' }, { path: '/titled' }), await world.call({ text: 'x' }, { path: '/titled/' })]
    assert.deepEqual(json(whole)['output'], { title: 'T' })
    assert.deepEqual([json(cut)['output'], json(cut)['text']], [null, '{"title":"T'])
    assert.equal(header(cut, 'faregate-cost'), header(whole, 'faregate-cost'))
    const { response_format: format, temperature, max_tokens: limit } = world.upstream.calls.at(-1)?.body ?? {}
    assert.deepEqual(format, { type: 'json_schema', json_schema: { name: 'output', schema, strict: true } })
    assert.deepEqual([temperature, limit, header(whole, 'faregate-clamped')], [0.25, 64, undefined])
  })

  test('a stream that its upstream breaks off ends in an error, is charged for what was delivered, and never looks complete', async () => {
    world.upstream.on('m', (exchange) => {
      openStream(exchange)
      exchange.response.write(chunk(exchange.model, { content: ' the the the' }), () => exchange.socket.destroy())
    })
    const streamed = await world.call({ text: 'x', language: 'de' }, EVENTS)
    const events = eventsOf(streamed)
    assert.deepEqual(
      events.map(({ event }) => event),
      ['delta', 'error'],
    )
    assert.equal(events[1]?.data['code'], 'provider_error')
    const record = await recordOf(world, streamed)
    assert.deepEqual([record.outcome, events[1]?.data['charged']], ['partial', record.cost])
  })

  test('a key needs the API alone, and not its model; without it the model avails nothing', async () => {
    const { api } = world.gateway
    world.upstream.on('m', answer(usage(3, 4)))
    const keyWith = async (more: Record<string, unknown>) => (await api.key(world.customer.application, more)).key
    const values = { text: 'x', language: 'de' }
    const only = await keyWith({ apis: ['translate'], models: ['other'], scopes: ['apis'] })
    assert.equal((await world.call(values, { key: only })).status, 200)
    assert.equal(json(await world.gateway.chat(only, asChat(values)))['code'], 'permission_denied')
    for (const more of [{ apis: ['other'], models: ['m'] }, { scopes: ['models'] }]) {
      const problem = await refused(await world.call(values, { key: await keyWith(more) }), 403, 'permission_denied')
      assert.ok(!JSON.stringify(problem).includes('model:'))
    }
    const id = header(await world.call(values, { key: only }), 'x-request-id') ?? ''
    const { steps } = await api.expect<{ steps: { step: string; result: string }[] }>(200, 'GET', `/api/diagnose/${id}`)
    assert.equal(steps.find(({ step }) => step === 'permissions')?.result, 'ok')
  })

  test('what lacks room is told without what only callers of models can do; explain foretells the hold', async () => {
    const { key } = await world.gateway.customer('0.001')
    const values = { text: 'x'.repeat(500), language: 'de' }
    const problem = await refused(await world.call(values, { key }), 402, 'insufficient_balance')
    assert.ok(!JSON.stringify(problem).includes('lower_max_tokens') && problem['affordable'] === undefined)
    assert.equal(problem['alternatives'], undefined)
    const explained = await world.gateway.explain(world.customer.key, { path: '/translate', body: values })
    const chat = await world.gateway.explain(world.customer.key, asChat(values))
    assert.deepEqual([explained.verdict, explained.hold], ['allow', chat.hold])
    const { api, route } = explained as unknown as Record<string, unknown>
    assert.deepEqual([api, route], ['translate', 'POST /'])
    const verdict = (await world.gateway.explain(key, { path: '/translate', body: values })).verdict as Record<string, unknown>
    assert.equal(verdict['code'], 'insufficient_balance')
  })

  test('a plan sells it like any API: its quota counts calls, and what it includes alone is sold to nobody else', async () => {
    const { api } = world.gateway
    await world.publish('sold', { ...TRANSLATE })
    await api.expect(201, 'POST', '/api/plans', {
      name: 'two',
      price: '0',
      period: 'free',
      apis: ['sold'],
      exclusive: true,
      priceFactor: '0',
      quotas: [{ counts: 'requests', models: null, apis: 'sold', limit: 2, overage: null }],
    })
    const { key, organization } = await world.gateway.customer()
    const values = { text: 'x', language: 'de' }
    await refused(await world.call(values, { key, path: '/sold' }), 402, 'subscription_required')
    await api.expect(201, 'POST', `/api/organizations/${organization}/subscriptions`, { plan: 'two' })
    const statuses: number[] = []
    for (let made = 0; made < 3; made++) statuses.push((await world.call(values, { key, path: '/sold' })).status)
    assert.deepEqual(statuses.slice(0, 2), [200, 200])
    assert.ok([402, 429].includes(statuses[2] ?? 0), String(statuses))
  })

  test('a text that is long is taken like any other body, and one that is too long refused', async () => {
    world.upstream.on('m', answer(usage(3, 4)))
    const text = 'x'.repeat(200_000)
    assert.equal((await world.call({ text, language: 'de' })).status, 200)
    const { messages } = world.upstream.calls.at(-1)?.body ?? {}
    assert.equal((messages as { content: string }[])[1]?.content, text)
    await refused(await world.call({ text: 'x'.repeat(34_000_000), language: 'de' }), 413, 'request_too_large')
  })

  test('what the values would make of the prompt is held to the size of a body, before anything is made of them', async () => {
    await world.publish('repeated', { model: 'm', user: '{{text}}'.repeat(8), variables: { text: { type: 'string' } } })
    const calls = world.upstream.calls.length
    const problem = await refused(await world.call({ text: 'é'.repeat(2_200_000) }, { path: '/repeated' }), 413, 'request_too_large')
    assert.deepEqual(problem['limit'], { kind: 'body', unit: 'bytes', bytes: 33_554_432 })
    assert.equal((problem['fixes'] as { action: string }[])[0]?.action, 'shorten_values')
    assert.equal(world.upstream.calls.length, calls)
  })

  test('what a process was asked when it died is recorded with the API and the model, and costs nothing', async () => {
    const { gateway, upstream } = world
    const { key, organization } = await gateway.customer('1.00')
    const earlier = upstream.calls.length
    upstream.on('m', () => undefined)
    const lost = world.call({ text: 'x', language: 'de' }, { key, fresh: true }).catch(() => undefined)
    await eventually(() => assert.equal(upstream.calls.length, earlier + 1))
    await gateway.kill('SIGKILL')
    await lost
    await gateway.start()
    const [record] = await eventually(async () => {
      const found = await gateway.api.records({ organization })
      assert.equal(found.length, 1)
      return found
    }, 60_000)
    assert.deepEqual([record?.['api'], record?.['route'], record?.model, record?.cost], ['translate', 'POST /', 'm', '0.00'])
    await assertSettled(gateway.api, organization)
  })
})
