import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import OpenAI from 'openai'
import { assertSettled } from '../support/api.ts'
import { chunk, either, endStream, openStream, sendJson, stream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Exchange, Upstream } from '../support/upstream.ts'
import { within } from '../support/wait.ts'

const MODEL = 'gpt-test'
const USER = [{ role: 'user' as const, content: 'Hello!' }]
const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, model: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
    strict: true,
  },
}

describe('the official openai SDK, changed only in baseURL and apiKey', () => {
  let upstream: Upstream
  let gateway: Gateway
  let customer: Customer
  let client: OpenAI

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({ config: configuration(upstream, { [MODEL]: { maxOutput: 1_000 }, secret: {} }) })
    customer = await gateway.customer('5.00', { models: [MODEL] })
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: customer.key })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  function answers(choices: unknown[], finish = 'stop'): void {
    upstream.on(MODEL, (exchange) =>
      sendJson(exchange, 200, {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1_770_000_000,
        model: 'gpt-test-2026',
        service_tier: 'default',
        choices: choices.map((choice, index) => ({ index, finish_reason: finish, logprobs: null, ...(choice as object) })),
        usage: usage(10, 12),
      }),
    )
  }

  function lastCall(): Exchange {
    const call = upstream.calls.at(-1)
    assert.ok(call)
    return call
  }

  test("chat: the answer, its usage, and the gateway's headers beside it", async () => {
    upstream.on(MODEL, either(3))
    const { data, response, request_id: requestId } = await client.chat.completions.create({ model: MODEL, messages: USER }).withResponse()
    assert.equal(data.choices[0]?.message.content, ' the the the')
    assert.equal(data.usage?.total_tokens, 13)
    assert.equal(response.headers.get('faregate-model'), MODEL)
    assert.equal(response.headers.get('faregate-provider'), 'fake')
    assert.match(response.headers.get('faregate-cost') ?? '', /^0\.0000\d+$/)
    assert.equal(requestId, response.headers.get('x-request-id'))
    assert.match(requestId ?? '', /^req_/)
    assert.equal(lastCall().headers.authorization, 'Bearer sk-upstream-test')
    assert.doesNotMatch(JSON.stringify(lastCall().rawHeaders), new RegExp(customer.key))
  })

  test('streaming: pieces as they come, one end, no usage that was not asked for', async () => {
    upstream.on(MODEL, either(5))
    let content = ''
    const chunks = []
    for await (const piece of await client.chat.completions.create({ model: MODEL, messages: USER, stream: true })) {
      chunks.push(piece)
      content += piece.choices[0]?.delta.content ?? ''
    }
    assert.equal(content, ' the the the the the')
    assert.ok(chunks.every((piece) => piece.choices.length === 1))
  })

  test('streaming with usage asked for: exactly one chunk has it', async () => {
    upstream.on(MODEL, either(5))
    const found = []
    for await (const piece of await client.chat.completions.create({
      model: MODEL,
      messages: USER,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      if (piece.usage != null) found.push(piece.usage.completion_tokens)
    }
    assert.deepEqual(found, [5])
  })

  test('tools: definitions arrive as they were sent, calls come back, results go up', async () => {
    answers(
      [
        {
          message: {
            role: 'assistant',
            content: null,
            refusal: null,
            tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }],
          },
        },
      ],
      'tool_calls',
    )
    const first = await client.chat.completions.create({
      model: MODEL,
      messages: USER,
      tools: [WEATHER],
      tool_choice: 'auto',
      parallel_tool_calls: false,
    })
    assert.deepEqual(lastCall().body['tools'], [WEATHER])
    const [call] = first.choices[0]?.message.tool_calls ?? []
    assert.ok(call?.type === 'function')
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Oslo' })
    answers([{ message: { role: 'assistant', content: 'Rain.', refusal: null } }])
    const message = first.choices[0]?.message
    assert.ok(message)
    const second = await client.chat.completions.create({
      model: MODEL,
      messages: [...USER, message, { role: 'tool', tool_call_id: call.id, content: 'rain' }],
      tools: [WEATHER],
    })
    assert.equal(second.choices[0]?.message.content, 'Rain.')
    assert.equal((lastCall().body['messages'] as unknown[]).length, 3)
  })

  test('T1: tools in a stream: two parallel calls are put together from their fragments', async () => {
    upstream.on(MODEL, (exchange) => {
      openStream(exchange)
      const part = (index: number, call: Record<string, unknown>): void =>
        void exchange.response.write(chunk(MODEL, { tool_calls: [{ index, ...call }] }))
      part(0, { id: 'call_a', type: 'function', function: { name: 'get_weather', arguments: '' } })
      part(0, { function: { arguments: '{"city":' } })
      part(0, { function: { arguments: '"Oslo"}' } })
      part(1, { id: 'call_b', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bergen"}' } })
      endStream(exchange, usage(10, 30), 'tool_calls')
    })
    const final = await client.chat.completions.stream({ model: MODEL, messages: USER, tools: [WEATHER] }).finalChatCompletion()
    const calls = final.choices[0]?.message.tool_calls ?? []
    assert.deepEqual(
      calls.map((call) => call.type === 'function' && [call.id, call.function.arguments]),
      [
        ['call_a', '{"city":"Oslo"}'],
        ['call_b', '{"city":"Bergen"}'],
      ],
    )
    assert.equal(final.choices[0]?.finish_reason, 'tool_calls')
  })

  test('structured output: the schema arrives with its key order, the answer is parsed', async () => {
    const schema = {
      type: 'object',
      properties: { zebra: { type: 'string' }, apple: { type: 'integer' } },
      required: ['zebra', 'apple'],
      additionalProperties: false,
    }
    answers([{ message: { role: 'assistant', content: '{"zebra":"z","apple":1}', refusal: null } }])
    const result = await client.chat.completions.parse({
      model: MODEL,
      messages: USER,
      response_format: { type: 'json_schema', json_schema: { name: 'fruit', strict: true, schema } },
    })
    assert.deepEqual(JSON.parse(result.choices[0]?.message.content ?? ''), { zebra: 'z', apple: 1 })
    assert.ok(lastCall().bytes.toString().includes(JSON.stringify(schema)), 'key order is kept')
  })

  test('vision: images by data and by address arrive unchanged', async () => {
    const image = `data:image/png;base64,${Buffer.alloc(30_000, 1).toString('base64')}`
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url: image, detail: 'low' as const } },
      { type: 'image_url' as const, image_url: { url: 'https://images.example/cat.jpg' } },
    ]
    upstream.on(MODEL, either(3))
    await client.chat.completions.create({ model: MODEL, messages: [{ role: 'user', content }] })
    assert.deepEqual(lastCall().body['messages'], [{ role: 'user', content }])
  })

  test('n: as many choices as asked for', async () => {
    answers([1, 2, 3].map((i) => ({ message: { role: 'assistant', content: `answer ${i}`, refusal: null } })))
    const result = await client.chat.completions.create({ model: MODEL, messages: USER, n: 3, max_tokens: 10 })
    assert.deepEqual(
      result.choices.map(({ message }) => message.content),
      ['answer 1', 'answer 2', 'answer 3'],
    )
    assert.equal(lastCall().body['n'], 3)
  })

  test('logprobs come through', async () => {
    const logprobs = {
      content: [
        {
          token: 'Hi',
          logprob: -0.000123456789,
          bytes: [72, 105],
          top_logprobs: [{ token: 'Hi', logprob: -0.000123456789, bytes: [72, 105] }],
        },
      ],
      refusal: null,
    }
    answers([{ message: { role: 'assistant', content: 'Hi', refusal: null }, logprobs }])
    const result = await client.chat.completions.create({ model: MODEL, messages: USER, logprobs: true, top_logprobs: 1 })
    assert.deepEqual(result.choices[0]?.logprobs, logprobs)
  })

  test('models: those that this key may call, and no other', async () => {
    const { data } = await client.models.list()
    assert.deepEqual(
      data.map(({ id, object }) => [id, object]),
      [[MODEL, 'model']],
    )
  })

  test('abort: a stream that is aborted ends, lets the upstream go, and is charged for what was delivered', async () => {
    upstream.on(MODEL, stream(10_000, { everyMs: 2 }))
    const own = await gateway.customer('5.00')
    const running = await new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: own.key }).chat.completions.create({
      model: MODEL,
      messages: say() as typeof USER,
      stream: true,
    })
    let seen = 0
    for await (const piece of running) if (piece.choices[0]?.delta.content && ++seen === 5) running.controller.abort()
    await within(1_000, 'the upstream to be let go', lastCall().closed)
    const balance = await assertSettled(gateway.api, own.organization)
    assert.ok(Number(balance.posted) > 0)
  })
})
