import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { completion } from './support/upstream.ts'
import { openWorld, problemOf, providerEntry, type World, type WorldOptions } from './support/world.ts'

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 100 }
/** What the prompt costs by our own count: two words and a role. */
const PROMPT = 3n * 1000n

let world: World
const open = async (options?: WorldOptions): Promise<World> => {
  world = await openWorld(options)
  return world
}
afterEach(() => world.close())

test('an answer arrives byte for byte, with its cost, and the wallet pays exactly that', async () => {
  const { upstream, post, wallet } = await open()
  const body = completion('hi', { prompt_tokens: 10, completion_tokens: 5 }).replace('{', '{ "unknown" : [1,  2],')
  upstream.behave(
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'secret=1', 'x-ratelimit-limit-requests': '5' })
        .end(body),
  )
  const response = await post(ASK)
  assert.equal(await response.text(), body)
  assert.equal(response.headers.get('faregate-cost'), '0.00002')
  assert.equal(response.headers.get('faregate-model'), 'm')
  assert.equal(response.headers.get('faregate-provider'), 'up')
  assert.equal(response.headers.get('set-cookie'), null)
  assert.equal(response.headers.get('x-ratelimit-limit-requests'), null)
  assert.deepEqual(wallet(), { available: 999_980_000n, held: 0n, posted: 20_000n })
})

test('the body goes upstream byte for byte but for the model, with the operator’s key and never the caller’s', async () => {
  const { upstream, post } = await open()
  upstream.behave(
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(completion('hi', { prompt_tokens: 1, completion_tokens: 1 })),
  )
  await post('{"z": 1,  "messages": [{"content": "\\"model\\":\\"x\\"", "role":"user"}], "model": "m", "max_tokens": 9, "a": null}')
  const [call] = upstream.calls
  assert.equal(
    call?.body.toString(),
    '{"z": 1,  "messages": [{"content": "\\"model\\":\\"x\\"", "role":"user"}], "model": "up-model", "max_tokens": 9, "a": null}',
  )
  assert.equal(call?.headers.authorization, 'Bearer sk-upstream')
  assert.equal(call?.path, '/v1/chat/completions')
})

test('M12: without a limit one is written, announced and recorded; it is what the balance affords', async () => {
  const { upstream, post, recorded } = await open({ grant: '0.001' })
  upstream.behave(
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(completion('hi', { prompt_tokens: 3, completion_tokens: 1 })),
  )
  const record = recorded()
  const response = await post({ model: 'm', messages: ASK.messages })
  const { max_tokens: limit } = JSON.parse(upstream.calls[0]?.body.toString() ?? '{}') as { max_tokens: number }
  assert.ok(limit > 256 && limit < 500, `limit ${limit}`)
  assert.equal(response.headers.get('faregate-clamped'), `max_tokens=${limit}`)
  assert.equal((await record).clamped, limit)
})

test('M12: less than 256 affordable tokens is refused with what is affordable', async () => {
  const { upstream, post } = await open({ grant: '0.0003' })
  const problem = await problemOf(await post({ model: 'm', messages: ASK.messages }))
  assert.equal(problem.code, 'insufficient_balance')
  const { maxOutputTokens } = problem['affordable'] as { maxOutputTokens: number }
  assert.ok(maxOutputTokens > 0 && maxOutputTokens < 256)
  assert.equal(upstream.calls.length, 0)
})

test('M22: usage that is missing is counted by us, flagged as estimated', async () => {
  const { upstream, post, recorded } = await open()
  upstream.behave((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(completion('one two three')))
  const record = recorded()
  await (await post(ASK)).text()
  const { estimated, cost, flags } = await record
  assert.equal(estimated, true)
  assert.equal(cost, PROMPT + 3n * 2000n)
  assert.deepEqual(flags, ['usage_missing'])
})

test('M22: absurd usage is not believed', async () => {
  const { upstream, post, recorded } = await open()
  upstream.behave(
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(completion('one', { prompt_tokens: 2, completion_tokens: 5000 })),
  )
  const record = recorded()
  await (await post(ASK)).text()
  assert.equal((await record).estimated, true)
  assert.ok((await record).flags.includes('usage_absurd'))
})

test('M6: cost beyond the hold is taken from the balance and flagged', async () => {
  const { upstream, post, recorded, wallet } = await open()
  upstream.behave(
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(completion('one', { prompt_tokens: 2, completion_tokens: 300 })),
  )
  const record = recorded()
  await (await post(ASK)).text()
  assert.deepEqual((await record).flags, ['excess'])
  assert.equal(wallet().posted, 602_000n)
})

const FAULTS: [name: string, status: number, headers: Record<string, string>, body: string, code: string, answered: number][] = [
  ['401 on the operator’s key', 401, {}, '{"error":{"message":"bad key"}}', 'provider_auth_failed', 502],
  ['402 on the operator’s account', 402, {}, '{"error":{"message":"pay"}}', 'provider_account_unpaid', 503],
  ['429 with Retry-After', 429, { 'retry-after': '7' }, '{}', 'provider_rate_limited', 503],
  [
    'insufficient_quota',
    429,
    {},
    '{"error":{"code":"insufficient_quota","type":"insufficient_quota","message":"m"}}',
    'provider_account_unpaid',
    503,
  ],
  ['500', 500, {}, 'oops', 'provider_error', 502],
  ['HTML under status 200', 200, { 'content-type': 'text/html' }, '<html></html>', 'provider_error', 502],
  ['truncated JSON', 200, {}, completion('hello', { prompt_tokens: 1, completion_tokens: 1 }).slice(0, -9), 'provider_error', 502],
  ['an error object under status 200', 200, {}, '{"error":{"message":"no","code":502}}', 'provider_error', 502],
]
for (const [name, status, headers, body, code, answered] of FAULTS) {
  test(`M20: an upstream that answers ${name} is ${code}, charges nothing and holds nothing`, async () => {
    const { upstream, post, wallet } = await open()
    upstream.behave((response) => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body))
    const response = await post(ASK)
    const problem = await problemOf(response)
    assert.equal(response.status, answered)
    assert.equal(problem.code, code)
    assert.equal(response.headers.get('retry-after'), headers['retry-after'] ?? null)
    assert.deepEqual(wallet(), { available: 1_000_000_000n, held: 0n, posted: 0n })
  })
}

test('an upstream’s refusal of the request is passed on unchanged, with our headers', async () => {
  const { upstream, post, wallet } = await open()
  const body = '{"error": {"message": "bad temperature", "param": "temperature"}}'
  upstream.behave((response) => void response.writeHead(400, { 'content-type': 'application/json' }).end(body))
  const response = await post(ASK)
  assert.equal(response.status, 400)
  assert.equal(await response.text(), body)
  assert.match(response.headers.get('faregate-denial') ?? '', /^provider_rejected;id="dn_/)
  assert.equal(response.headers.get('x-should-retry'), 'false')
  assert.equal(wallet().posted, 0n)
})

test('M20: after a failure the next deployment serves; both attempts are recorded, one is paid', async () => {
  const { upstream, post, recorded, models } = await open({ providers: [providerEntry('http://127.0.0.1:1/v1', 'dead')] })
  models.set('m', {
    name: 'm',
    deployments: [
      { provider: 'dead', model: 'x', weight: 1e12 },
      { provider: 'up', model: 'y', weight: 1e-12 },
    ],
    managedBy: { source: 'database' },
  })
  upstream.behave(
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(completion('hi', { prompt_tokens: 1, completion_tokens: 1 })),
  )
  const record = recorded()
  const response = await post(ASK)
  assert.equal(response.status, 200)
  const { attempts, cost } = await record
  assert.deepEqual(
    attempts.map(({ provider, outcome, error }) => [provider, outcome, error]),
    [
      ['dead', 'failed', 'provider_error'],
      ['up', 'served', null],
    ],
  )
  assert.equal(cost, 3000n)
})

test('M21: a caller who goes away before the first byte owes nothing, and the upstream’s socket closes', async () => {
  const { upstream, post, recorded, wallet } = await open()
  const controller = new AbortController()
  upstream.behave(() => controller.abort())
  const record = recorded()
  await assert.rejects(post(ASK, { signal: controller.signal }))
  assert.equal((await record).outcome, 'aborted')
  await upstream.calls[0]?.closed
  assert.deepEqual(wallet(), { available: 1_000_000_000n, held: 0n, posted: 0n })
})

test('M25: an answer whose settle is not durable is not sent, and is void when the database is back', async () => {
  const { upstream, post, wallet, breakLedger, gateway } = await open()
  let mend = (): void => {}
  upstream.behave((response) => {
    mend = breakLedger()
    response.writeHead(200, { 'content-type': 'application/json' }).end(completion('secret', { prompt_tokens: 1, completion_tokens: 1 }))
  })
  const response = await post(ASK)
  assert.equal(response.status, 503)
  const problem = await problemOf(response)
  assert.equal(problem.code, 'ledger_unavailable')
  assert.equal(problem['charged'], false)
  assert.equal(gateway.unsettled, 1)
  mend()
  while (gateway.unsettled > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  assert.deepEqual(wallet(), { available: 1_000_000_000n, held: 0n, posted: 0n })
})

test('M16: an answer above 1 MB is forwarded as it comes, charged by its usage, complete and unchanged', async () => {
  const { upstream, post, recorded } = await open({ grant: '100' })
  const body = completion('x '.repeat(700_000), { prompt_tokens: 10, completion_tokens: 90 })
  upstream.behave((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body))
  const record = recorded()
  const response = await post(ASK)
  assert.equal(await response.text(), body)
  assert.equal((await record).cost, 10n * 1000n + 90n * 2000n)
})
