import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { anthropic } from '@faregate/wire'
import type { Behaviour } from './support/upstream.ts'
import { KEY, openWorld, problemOf, providerEntry, type World, type WorldOptions } from './support/world.ts'

let world: World
/** The model `m` at an upstream that speaks Anthropic's Messages. */
const open = async (options: WorldOptions = {}): Promise<World> => {
  world = await openWorld({ ...options, model: { deployments: [{ provider: 'claude', model: 'claude-up', weight: 1 }], ...options.model } })
  world.providers.set('claude', { ...providerEntry(world.upstream.url, 'claude'), kind: 'anthropic' })
  return world
}
afterEach(() => world.close())

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 100 }

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-up',
  content: [{ type: 'text', text: 'Good day' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 3 },
}

const json =
  (value: unknown, status = 200): Behaviour =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const event = (data: { type: string; [member: string]: unknown }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

const START = event({
  type: 'message_start',
  message: { ...MESSAGE, content: [], stop_reason: null, usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 } },
})
const OPEN = event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
const say = (text: string): string => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
const CLOSE = event({ type: 'content_block_stop', index: 0 })
const FINISH = event({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } })
const STOP = event({ type: 'message_stop' })

const stream =
  (...events: string[]): Behaviour =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''))

function chunksOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>)
}

test('an answer of another dialect comes in the caller’s own, and is charged by what its vendor said, cache apart', async () => {
  const { upstream, post, recorded, wallet } = await open()
  upstream.behave(json(MESSAGE))
  const record = recorded()
  const response = await post(ASK)
  const answer = (await response.json()) as Record<string, unknown> & {
    choices: { message: unknown; finish_reason: string }[]
    usage: unknown
  }
  assert.equal(response.headers.get('content-type'), 'application/json')
  assert.equal(answer['object'], 'chat.completion')
  assert.equal(answer['model'], 'm')
  assert.deepEqual(
    [answer.choices[0]?.message, answer.choices[0]?.finish_reason],
    [{ role: 'assistant', content: 'Good day', refusal: null }, 'stop'],
  )
  assert.deepEqual(answer.usage, {
    prompt_tokens: 15,
    completion_tokens: 3,
    total_tokens: 18,
    prompt_tokens_details: { cached_tokens: 5, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  })
  const [call] = upstream.calls
  assert.equal(call?.path, '/v1/messages')
  assert.equal(call.headers['x-api-key'], 'sk-upstream')
  assert.equal(call.headers['authorization'], undefined)
  assert.deepEqual(JSON.parse(call.body.toString()), {
    model: 'claude-up',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hello there' }],
  })
  const { cost, attempts, estimated } = await record
  assert.deepEqual([cost, estimated, attempts[0]?.buckets], [21_000n, false, { input: 10, cacheRead: 5, output: 3 }])
  assert.deepEqual(wallet(), { available: 1_000_000_000n - 21_000n, held: 0n, posted: 21_000n })
})

test('S2, U5: a stream of another dialect comes as the caller’s own: one [DONE], usage only where it was asked for', async () => {
  const { upstream, post, recorded } = await open()
  for (const asked of [false, true]) {
    upstream.behave(stream(START, OPEN, say('Good'), say(' day'), CLOSE, FINISH, STOP))
    const record = recorded()
    const response = await post({ ...ASK, stream: true, ...(asked ? { stream_options: { include_usage: true } } : {}) })
    const text = await response.text()
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    const chunks = chunksOf(text)
    const deltas = chunks.flatMap((chunk) =>
      (chunk['choices'] as { delta: { content?: string } }[]).map(({ delta }) => delta.content ?? ''),
    )
    assert.equal(deltas.join(''), 'Good day')
    assert.equal(text.split('data: [DONE]').length - 1, 1)
    assert.ok(text.endsWith('data: [DONE]\n\n'))
    const usage = chunks.filter((chunk) => chunk['usage'] != null)
    assert.equal(usage.length, asked ? 1 : 0)
    const { cost, outcome, delivery } = await record
    assert.deepEqual([cost, outcome, delivery], [21_000n, 'served', 'confirmed'])
  }
})

test('S5: a translated stream that breaks off ends in the caller’s in-band error, and what was delivered is charged', async () => {
  const { upstream, post, recorded } = await open()
  upstream.behave(stream(START, OPEN, say('Good'), say(' day')))
  const record = recorded()
  const text = await (await post({ ...ASK, stream: true })).text()
  // The refusal comes as a chunk, then by itself.
  const last = chunksOf(text).at(-2) as { error?: { code: string }; choices: { finish_reason: string }[] }
  assert.equal(last.error?.code, 'provider_error')
  assert.equal(last.choices[0]?.finish_reason, 'error')
  assert.doesNotMatch(text, /\[DONE\]/)
  const { outcome, denial, cost } = await record
  assert.deepEqual([outcome, denial], ['partial', 'provider_error'])
  assert.ok(cost > 0n && cost <= 21_000n, `${cost}`)
})

test('a translation that throws in mid-stream ends in the dialect’s in-band error: one record, the delivered part charged', async (t) => {
  const { upstream, post, recorded, records } = await open()
  const seen = Promise.withResolvers<void>()
  const { streamDecoder } = anthropic
  t.mock.method(anthropic, 'streamDecoder', () => {
    const decoder = streamDecoder()
    return {
      decode: (raw: Parameters<typeof decoder.decode>[0]) => {
        if (raw.data?.includes(' day') === true) throw new Error('a mistake in the translation')
        return decoder.decode(raw)
      },
    }
  })
  upstream.behave(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(START + OPEN + say('Good'))
    await seen.promise
    response.end(say(' day') + CLOSE + FINISH + STOP)
  })
  const record = recorded()
  const response = await post({ ...ASK, stream: true })
  let text = ''
  for await (const piece of response.body ?? []) {
    text += Buffer.from(piece).toString()
    if (text.includes('Good')) seen.resolve()
  }
  assert.equal((chunksOf(text).at(-1) as { error?: { code: string } }).error?.code, 'gateway_misconfigured')
  assert.doesNotMatch(text, /a mistake in the translation/)
  const { outcome, cost } = await record
  assert.equal(outcome, 'partial')
  // The prompt as the vendor told it in the first event, and the one token that was delivered.
  assert.equal(cost, 17_000n)
  assert.equal(records.length, 1)
})

test('what the deployment cannot take is refused by name, held and charged nothing; or left out and listed, as the caller chooses', async () => {
  const { upstream, post, wallet, recorded } = await open()
  upstream.behave(json(MESSAGE))
  const refused = await post({ ...ASK, seed: 7, logit_bias: { 1: 2 } })
  const problem = await problemOf(refused)
  assert.deepEqual([refused.status, problem.code, problem['pointer']], [400, 'request_invalid', '/seed'])
  assert.deepEqual((problem['unsupported'] as { pointer: string }[]).map(({ pointer }) => pointer).toSorted(), ['/logit_bias', '/seed'])
  assert.equal(upstream.calls.length, 0)
  assert.deepEqual(wallet(), { available: 1_000_000_000n, held: 0n, posted: 0n })
  const record = recorded()
  const served = await post({ ...ASK, seed: 7 }, { headers: { 'faregate-unsupported': 'drop' } })
  assert.equal(served.status, 200)
  assert.equal(served.headers.get('faregate-dropped'), '/seed')
  assert.equal((await record).outcome, 'served')
})

test('what cannot be taken is left out and listed where the operator says so of the model; the caller’s word goes first', async () => {
  const { upstream, post } = await open({ model: { unsupported: 'drop' } })
  upstream.behave(json(MESSAGE))
  const served = await post({ ...ASK, seed: 7 })
  assert.deepEqual([served.status, served.headers.get('faregate-dropped')], [200, '/seed'])
  const refused = await post({ ...ASK, seed: 7 }, { headers: { 'faregate-unsupported': 'refuse' } })
  assert.deepEqual([refused.status, (await problemOf(refused))['pointer']], [400, '/seed'])
})

test('E1: what an upstream of another dialect refuses is told in the caller’s envelope, in its words', async () => {
  const { upstream, post } = await open()
  upstream.behave(json({ type: 'error', error: { type: 'invalid_request_error', message: 'messages: too long' } }, 400))
  const response = await post(ASK)
  const problem = await problemOf(response)
  assert.deepEqual([response.status, problem.code], [400, 'provider_rejected'])
  assert.match(JSON.stringify(problem['error']), /messages: too long/)
})

test('S6: a failure before the first byte falls back from one dialect to another, unseen by the caller', async () => {
  const { upstream, post, recorded } = await open({
    model: {
      deployments: [
        { provider: 'claude', model: 'claude-up', weight: 1 },
        { provider: 'up', model: 'gpt-up', weight: 1, priority: 1 },
      ],
    },
  })
  upstream.behave((response, call) =>
    call.path.endsWith('/messages')
      ? json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 529)(response, call)
      : json({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
        })(response, call),
  )
  const record = recorded()
  const response = await post(ASK)
  assert.equal(response.status, 200)
  assert.match(await response.text(), /"hi"/)
  const { attempts, cost } = await record
  assert.deepEqual(
    attempts.map(({ provider, outcome, status }) => [provider, outcome, status]),
    [
      ['claude', 'failed', 529],
      ['up', 'served', 200],
    ],
  )
  assert.equal(cost, 5_000n)
})

test('pass-through of another dialect than OpenAI’s: the very bytes, but for the model', async () => {
  const { upstream, post, recorded } = await open()
  upstream.behave(stream(START, OPEN, say('Good'), say(' day'), CLOSE, FINISH, STOP))
  const body = '{ "model": "m", "max_tokens": 100, "messages": [{"role":"user","content":"hello there"}], "unknown": 1e2, "stream": true }'
  const record = recorded()
  const response = await post(body, { path: '/v1/messages', headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'x-1' } })
  assert.equal(await response.text(), [START, OPEN, say('Good'), say(' day'), CLOSE, FINISH, STOP].join(''))
  assert.equal(upstream.calls[0]?.body.toString(), body.replace('"m"', '"claude-up"'))
  assert.equal(response.headers.get('request-id'), response.headers.get('x-request-id'))
  assert.equal(upstream.calls[0].headers['anthropic-beta'], 'x-1')
  assert.equal((await record).cost, 21_000n)
})

test('E1: each route refuses in the envelope that its clients parse, and plainly where that is asked for', async () => {
  const { post } = await open()
  const tables: [path: string, body: unknown, shape: (body: Record<string, unknown>) => unknown][] = [
    [
      '/v1/messages',
      { model: 'no', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] },
      ({ type, error }) => [type, (error as { type: string }).type],
    ],
    ['/v1beta/models/no:generateContent', { contents: [{ parts: [{ text: 'x' }] }] }, ({ error }) => (error as { status: string }).status],
    ['/v2/chat', { model: 'no', messages: [{ role: 'user', content: 'x' }] }, ({ message }) => typeof message],
    ['/ollama/api/chat', { model: 'no', messages: [{ role: 'user', content: 'x' }] }, ({ error }) => typeof error],
    ['/v1/responses', { model: 'no', input: 'x' }, ({ error }) => (error as { code: string }).code],
  ]
  const expected = [['error', 'not_found_error'], 'NOT_FOUND', 'string', 'string', 'model_not_found']
  for (const [index, [path, body, shape]] of tables.entries()) {
    const response = await post(body, { path })
    assert.equal(response.status, 404, path)
    assert.deepEqual(shape((await response.json()) as Record<string, unknown>), expected[index], path)
    const plain = await post(body, { path, headers: { accept: 'application/problem+json' } })
    assert.equal(plain.headers.get('content-type'), 'application/problem+json')
    assert.equal((await problemOf(plain)).code, 'model_unknown')
  }
})

test('S14: Gemini’s stream as a JSON array passes through byte for byte, its bracket closed only once the settle is durable', async () => {
  const { upstream, post, recorded } = await open()
  world.providers.set('claude', { ...providerEntry(world.upstream.url, 'claude'), kind: 'google' })
  const element = (text: string, more: Record<string, unknown> = {}): string =>
    JSON.stringify({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...more }], responseId: 'r' })
  const usage = { promptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 6 }
  const last = JSON.stringify({ ...(JSON.parse(element(' day', { finishReason: 'STOP' })) as object), usageMetadata: usage })
  const wire = `[${element('Good')},\r\n${last}\n]\n`
  for (const at of [1, 5, wire.length - 2, wire.length - 1]) {
    upstream.behave((response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' }).write(wire.slice(0, at))
      setImmediate(() => response.end(wire.slice(at)))
    })
    const record = recorded()
    const response = await post({ contents: [{ parts: [{ text: 'hello there' }] }] }, { path: '/v1beta/models/m:streamGenerateContent' })
    assert.equal(await response.text(), wire)
    assert.equal(upstream.calls.at(-1)?.path, '/v1/models/claude-up:streamGenerateContent')
    const { cost, outcome, estimated } = await record
    assert.deepEqual([cost, outcome, estimated], [8_000n, 'served', false])
  }
})

test('the key may come in the query on Gemini’s routes, there alone, and does not travel on', async () => {
  const { upstream, post, url } = await open()
  world.providers.set('claude', { ...providerEntry(world.upstream.url, 'claude'), kind: 'google' })
  upstream.behave(json({ candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }] }))
  await post({ contents: [{ parts: [{ text: 'x' }] }] }, { path: '/v1beta/models/m:generateContent' })
  const body = JSON.stringify({ contents: [{ parts: [{ text: 'x' }] }] })
  const served = await fetch(`${url}/v1beta/models/m:generateContent?key=${KEY}`, { method: 'POST', body })
  assert.equal(served.status, 200)
  assert.doesNotMatch(JSON.stringify(upstream.calls.at(-1)?.path), /key=/)
  const elsewhere = await fetch(`${url}/v1/chat/completions?key=${KEY}`, { method: 'POST', body: JSON.stringify(ASK) })
  assert.equal((await problemOf(elsewhere)).code, 'credential_missing')
})
