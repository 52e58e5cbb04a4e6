import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Anthropic, { NotFoundError } from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { assertSettled } from '../support/api.ts'
import { words } from '../support/behaviours.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import { header, json, send } from '../support/http.ts'
import { modelsWorld, OUTPUT } from './models-world.ts'
import { recordOf } from './world.ts'

for (const { name, skip, block } of ENGINES) {
  describe(
    `what a call of a published model costs, on ${name}`,
    { skip },
    block((engine) => {
      const world = modelsWorld(engine)

      test('whole and as a stream it is the call of its model: sent alike, charged alike, recorded with API, release and model', async () => {
        const { gateway, customer, upstream } = world
        const messages = [{ role: 'user', content: 'Hello' }]
        for (const stream of [false, true]) {
          const called = await world.chat({ stream, max_tokens: 100 })
          assert.equal(called.status, 200, called.text)
          const sent = upstream.calls.at(-1)?.body
          const plain = await gateway.chat(customer.key, { model: 'm', messages, stream, max_tokens: 100 })
          assert.deepEqual(sent, upstream.calls.at(-1)?.body)
          const [record, bare] = [await recordOf(world, called), await recordOf(world, plain)]
          const input = JSON.stringify(messages).length
          assert.equal(nano(record.cost), BigInt(input) * 10_000n + BigInt(OUTPUT) * 700_000n)
          assert.deepEqual(
            [record['api'], record['route'], record['release'], record.model, record['path'], record['stream']],
            ['assist', 'POST /v1/chat/completions', 1, 'm', '/assist/v1/chat/completions', stream],
          )
          assert.deepEqual([record.cost, record.priceVersion, record.providerCost], [bare.cost, bare.priceVersion, bare.providerCost])
          assert.deepEqual([header(called, 'faregate-model'), header(called, 'faregate-provider')], ['fast', undefined])
        }
      })

      test('300 calls at once never spend more than there is', async () => {
        const { key, organization } = await world.gateway.customer('0.30')
        const answers = await Promise.all(Array.from({ length: 300 }, () => world.chat({ max_tokens: 100 }, { key })))
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

describe('official clients at published models, with nothing changed but base URL and key', () => {
  const world = modelsWorld()
  const openai = () => new OpenAI({ baseURL: `${world.gateway.url}/assist/v1`, apiKey: world.customer.key, maxRetries: 0 })
  const anthropic = () => new Anthropic({ baseURL: `${world.gateway.url}/assist`, apiKey: world.customer.key, maxRetries: 0 })
  const ASK = { model: 'fast', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] }

  test('the package openai: chat whole and streamed, responses, and the models of this API alone', async () => {
    const client = openai()
    const whole = await client.chat.completions.create(ASK)
    assert.equal(whole.choices[0]?.message.content, words(OUTPUT))
    let text = ''
    for await (const chunk of await client.chat.completions.create({ ...ASK, stream: true })) text += chunk.choices[0]?.delta.content ?? ''
    assert.equal(text, words(OUTPUT))
    const response = await client.responses.create({ model: 'smart', input: 'Hello' })
    assert.equal(response.output_text, words(OUTPUT))
    assert.equal(world.upstream.calls.at(-1)?.model, 'dear')
    const { data } = await client.models.list()
    assert.deepEqual(
      data.map(({ id, owned_by: owner }) => [id, owner]),
      [
        ['fast', 'assist'],
        ['smart', 'assist'],
      ],
    )
    assert.equal((await client.models.retrieve('smart')).id, 'smart')
    await assert.rejects(client.models.retrieve('m'), { status: 404, code: 'model_not_found' })
  })

  test('the package @anthropic-ai/sdk: messages whole and streamed, a free count of tokens, and the models', async () => {
    const client = anthropic()
    const whole = await client.messages.create(ASK)
    assert.deepEqual([whole.content[0]?.type === 'text' && whole.content[0].text, whole.model], [words(OUTPUT), 'fast'])
    assert.equal(await client.messages.stream(ASK).finalText(), words(OUTPUT))
    const count = await client.messages.countTokens({ model: 'fast', messages: ASK.messages })
    assert.ok(count.input_tokens > 0)
    const ids: string[] = []
    for await (const { id } of client.models.list()) ids.push(id)
    assert.deepEqual(ids, ['fast', 'smart'])
  })

  test('other dialects are there as at the root of the gateway, with a key where their clients put it', async () => {
    const { gateway, customer } = world
    const gemini = await send(`${gateway.url}/assist/v1beta/models/fast:generateContent?key=${customer.key}`, {
      body: { contents: [{ parts: [{ text: 'Hello' }] }] },
    })
    assert.equal(gemini.status, 200, gemini.text)
    const ollama = await world.chat({ model: 'fast:latest', stream: false }, { path: '/assist/ollama/api/chat' })
    assert.equal((json(ollama)['message'] as { content: string }).content, words(OUTPUT), ollama.text)
    const listed = await send(`${gateway.url}/assist/v1beta/models?key=${customer.key}`)
    assert.deepEqual(
      (json(listed)['models'] as { name: string }[] | undefined)?.map(({ name }) => name),
      ['models/fast', 'models/smart'],
      listed.text,
    )
  })

  test('a refusal is told in the envelope of the client, by the names of this API alone', async () => {
    const unknown = { status: 404, code: 'model_not_found', message: /no model named "fsat"\. Did you mean "fast"\?/ }
    await assert.rejects(openai().chat.completions.create({ ...ASK, model: 'fsat' }), unknown)
    await assert.rejects(anthropic().messages.create({ ...ASK, model: 'm' }), (error: unknown) => {
      assert.ok(error instanceof NotFoundError)
      assert.match(error.message, /The API \\"assist\\" has no model named \\"m\\"/)
      return true
    })
    const poor = new OpenAI({ baseURL: `${world.gateway.url}/assist/v1`, apiKey: (await world.gateway.customer()).key, maxRetries: 0 })
    await assert.rejects(poor.chat.completions.create(ASK), { status: 402, code: 'insufficient_quota' })
  })
})
