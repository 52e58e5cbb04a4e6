import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, test } from 'node:test'
import { limitRules, type LimitRule, type LimitScope, type LimitTerms } from '@faregate/core'
import { chunk, completion, DONE, usageChunk, type Behaviour } from './support/upstream.ts'
import { openWorld, problemOf, type World, type WorldOptions } from './support/world.ts'

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 100 }

let world: World
const open = async (limits: LimitTerms[], options: WorldOptions = {}): Promise<World> => {
  world = await openWorld({ ...options, key: { limits: rules({ level: 'key', id: 'key_1' }, limits), ...options.key } })
  world.upstream.behave(whole)
  return world
}
afterEach(() => world.close())

function rules(scope: LimitScope, limits: LimitTerms[]): LimitRule[] {
  return limitRules('org_acme', scope, limits)
}

const whole: Behaviour = (response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(completion('hi', { prompt_tokens: 10, completion_tokens: 5 }))

/** An upstream that answers when it is told to. */
function held(): { behaviour: Behaviour; open: () => void } {
  const gate = Promise.withResolvers<void>()
  const behaviour: Behaviour = async (response, call) => {
    await gate.promise
    await whole(response, call)
  }
  return { behaviour, open: () => gate.resolve() }
}

const CALLS: [path: string, body: unknown][] = [
  ['/v1/chat/completions', ASK],
  ['/v1/responses', { model: 'm', input: 'hello', max_output_tokens: 100 }],
  ['/v1/messages', ASK],
  [
    '/v1beta/models/m:generateContent',
    { contents: [{ role: 'user', parts: [{ text: 'hello' }] }], generationConfig: { maxOutputTokens: 100 } },
  ],
  ['/v2/chat', ASK],
  ['/ollama/api/chat', { model: 'm', messages: ASK.messages, stream: false, options: { num_predict: 100 } }],
]

for (const [path, body] of CALLS) {
  test(`a rate is held on ${path}: 429 with what is limited, an honest wait, and the headers on success and refusal`, async () => {
    const { post, wallet } = await open([{ kind: 'requests', amount: 2, per: 'minute', burst: 1 }])
    const served = await post(body, { path })
    await served.text()
    assert.equal(served.status, 200)
    assert.equal(served.headers.get('ratelimit-policy'), '"key-requests-minute";q=2;w=60')
    assert.match(served.headers.get('ratelimit') ?? '', /^"key-requests-minute";r=0;t=[1-3]?\d$/)
    const before = wallet()
    const refused = await post(body, { path, headers: { accept: 'application/problem+json' } })
    const problem = await problemOf(refused)
    assert.deepEqual([refused.status, problem.code], [429, 'rate_limited'])
    const seconds = Number(refused.headers.get('retry-after'))
    assert.ok(seconds >= 1 && seconds <= 30, String(seconds))
    assert.equal(refused.headers.get('ratelimit'), `"key-requests-minute";r=0;t=${seconds}`)
    assert.match(refused.headers.get('faregate-denial') ?? '', /^rate_limited;id="dn_\w+";scope="key"$/)
    const { resetsAt, ...limit } = problem['limit'] as Record<string, unknown>
    assert.deepEqual(limit, { kind: 'rate', unit: 'requests', required: '1', available: '0', amount: 2, per: 'minute', burst: 1 })
    assert.ok(Date.parse(String(resetsAt)) > Date.now())
    assert.deepEqual(wallet(), before)
  })
}

test('E4: a caller finds the tightest of its own limits where clients of its dialect look', async () => {
  const { post } = await open([
    { kind: 'requests', amount: 600, per: 'hour' },
    { kind: 'requests', amount: 5, per: 'minute' },
    { kind: 'tokens', amount: 50_000, per: 'day' },
    { kind: 'concurrency', amount: 3 },
  ])
  const told = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const response = await post(body, { path })
    await response.text()
    return Object.fromEntries([...response.headers].filter(([name]) => /^(x|anthropic)-ratelimit/.test(name)))
  }
  for (const [path, body] of CALLS.slice(0, 2)) {
    const headers = await told(path, body)
    assert.deepEqual([headers['x-ratelimit-limit-requests'], headers['x-ratelimit-limit-tokens']], ['5', '50000'], path)
    assert.match(headers['x-ratelimit-remaining-requests'] ?? '', /^[34]$/)
    assert.match(headers['x-ratelimit-remaining-tokens'] ?? '', /^49\d{3}$/)
    assert.match(headers['x-ratelimit-reset-requests'] ?? '', /^\d+(\.\d+)?s$/)
    assert.match(headers['x-ratelimit-reset-tokens'] ?? '', /^(\d+h)?\d+m\d+(\.\d+)?s$/)
    assert.equal(Object.keys(headers).length, 6)
  }
  const [messages = assert.fail('no call of Messages'), ...others] = CALLS.slice(2)
  const { 'anthropic-ratelimit-requests-reset': reset, ...headers } = await told(...messages)
  const resets = Date.parse(reset ?? '') - Date.now()
  assert.ok(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(reset ?? '') && resets > 20_000 && resets < 61_000, `${reset}`)
  assert.deepEqual([headers['anthropic-ratelimit-requests-limit'], headers['anthropic-ratelimit-requests-remaining']], ['5', '2'])
  assert.deepEqual(Object.keys(headers).length, 5)
  for (const [path, body] of others) assert.deepEqual(await told(path, body), {}, path)
})

test('a key without limits gets neither headers nor refusals', async () => {
  world = await openWorld()
  world.upstream.behave(whole)
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.post(ASK)))
  assert.ok(answers.every((answer) => answer.status === 200 && answer.headers.get('ratelimit') === null))
})

test('tokens: a request takes what it may use, and gives back what it did not', async () => {
  const { post, get } = await open([{ kind: 'tokens', amount: 1_000, per: 'day' }])
  const first = await post(ASK)
  await first.text()
  const taken = 1_000 - Number(/r=(\d+)/.exec(first.headers.get('ratelimit') ?? '')?.[1])
  assert.ok(taken > 100 && taken < 300, `the bound: ${taken}`)
  assert.equal(first.headers.get('ratelimit-policy'), '"key-tokens-day";q=1000;qu="tokens";w=86400')
  const { limits } = (await (await get('/v1/key')).json()) as { limits: { available: number }[] }
  assert.equal(limits[0]?.available, 985)
})

test('tokens: what is refused later takes none, and a longer wait than a minute is not announced', async () => {
  const { post, get } = await open([{ kind: 'tokens', amount: 1_000, per: 'day' }], { grant: '0.000001' })
  assert.equal((await problemOf(await post(ASK))).code, 'insufficient_balance')
  const left = async () => ((await (await get('/v1/key')).json()) as { limits: { available: number }[] }).limits[0]?.available
  assert.equal(await left(), 1_000)
  await world.grant('1.00')
  const large = { ...ASK, max_tokens: 900 }
  world.upstream.behave(
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(completion('hi', { prompt_tokens: 10, completion_tokens: 800 })),
  )
  await (await post(large)).text()
  const refused = await post(large)
  assert.equal(refused.status, 429)
  assert.deepEqual([refused.headers.get('retry-after'), refused.headers.get('x-should-retry')], [null, 'false'])
  assert.equal(await left(), 190)
})

for (const [level, name, actor] of [
  ['app', 'applications', 'org_admin'],
  ['org', 'organizations', 'operator'],
] as const) {
  test(`a limit of the ${level} is named as such`, async () => {
    const { post } = await open([], {
      key: { limits: rules({ level, id: `${level}_1` }, [{ kind: 'requests', amount: 1, per: 'minute' }]) },
    })
    await (await post(ASK)).text()
    const problem = await problemOf(await post(ASK))
    assert.equal(problem.code, 'rate_limited')
    assert.deepEqual((problem['scope'] as { level: string }).level, level)
    const raise = (problem['fixes'] as { action: string; by: string; path: string }[]).find(({ action }) => action === 'raise_limit')
    assert.deepEqual([raise?.by, raise?.path], [actor, `/api/${name}/${level}_1`])
  })
}

test('concurrency: the place of a request that ends is free before its last byte is there', async () => {
  const { post } = await open([{ kind: 'concurrency', amount: 1 }])
  for (let i = 0; i < 30; i++) {
    const answer = await post(ASK)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('ratelimit'), '"key-concurrency";r=0')
    assert.equal(answer.headers.get('ratelimit-policy'), '"key-concurrency";q=1;qu="concurrent-requests"')
    await answer.text()
  }
})

test('concurrency: 50 at once against 5 places: exactly 5 run; all of them are free again afterwards', async () => {
  const { post, upstream, gateway } = await open([{ kind: 'concurrency', amount: 5 }])
  for (let round = 0; round < 2; round++) {
    const upstreams = held()
    upstream.behave(upstreams.behaviour)
    let refused = 0
    const calls = Array.from({ length: 50 }, async () => {
      const answer = await post(ASK)
      if (answer.status === 200) return answer.text()
      assert.equal((await problemOf(answer)).code, 'concurrency_limited')
      refused += 1
      // Those that run go on once all others were refused.
      if (refused === 45) upstreams.open()
      return undefined
    })
    const answers = await Promise.all(calls)
    assert.equal(answers.filter((answer) => answer !== undefined).length, 5)
  }
  assert.equal(gateway.unsettled, 0)
})

/** Ways in which a request ends, each of which must free its place. */
const ENDS: Record<string, (world: World) => Promise<unknown>> = {
  'the caller goes away': async ({ post, upstream, recorded }) => {
    const upstreams = held()
    upstream.behave(upstreams.behaviour)
    const gone = new AbortController()
    const record = recorded()
    const call = post(ASK, { signal: gone.signal })
    await wait(50)
    gone.abort()
    await assert.rejects(call)
    await record
    upstreams.open()
  },
  'the upstream fails': async ({ post, upstream }) => {
    upstream.behave((response) => void response.writeHead(500).end())
    await (await post(ASK)).text()
  },
  'the upstream refuses it': async ({ post, upstream }) => {
    upstream.behave((response) => void response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}'))
    await (await post(ASK)).text()
  },
  'the balance is too small': async ({ post }) => {
    assert.equal((await post({ ...ASK, max_tokens: 100_000_000 })).status, 402)
  },
  'the ledger is away': async ({ post, breakLedger }) => {
    const mend = breakLedger()
    assert.equal((await post(ASK)).status, 503)
    mend()
  },
  'a stream ends well': async ({ post, upstream }) => {
    upstream.behave(
      (response) =>
        void response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end([chunk({ content: 'hi' }), chunk({}, 'stop'), usageChunk(3, 1), DONE].join('')),
    )
    await (await post({ ...ASK, stream: true })).text()
  },
  'a stream is cut by the upstream': async ({ post, upstream }) => {
    upstream.behave((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk({ content: 'hi' }), () => response.destroy())
    })
    await (await post({ ...ASK, stream: true })).text().catch(() => undefined)
  },
  'a stream is left by the caller': async ({ post, upstream, recorded }) => {
    upstream.behave((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk({ content: 'hi' }))
    })
    const gone = new AbortController()
    const record = recorded()
    const answer = await post({ ...ASK, stream: true }, { signal: gone.signal })
    await answer.body?.getReader().read()
    gone.abort()
    await record
  },
}

for (const [name, end] of Object.entries(ENDS)) {
  test(`concurrency: the place is free when ${name}`, async () => {
    const opened = await open([{ kind: 'concurrency', amount: 1 }])
    await end(opened)
    opened.upstream.behave(whole)
    const next = await opened.post(ASK)
    assert.equal(next.status, 200, await next.text())
  })
}

test('each end user has a limit `by: user` for itself, and those who name none have one together', async () => {
  const { post } = await open([{ kind: 'requests', amount: 1, per: 'day', by: 'user' }])
  const statusOf = async (user?: string) => {
    const answer = await post({ ...ASK, ...(user === undefined ? {} : { user }) })
    await answer.text()
    return answer.status
  }
  assert.deepEqual([await statusOf('ann'), await statusOf('bob'), await statusOf('ann')], [200, 200, 429])
  assert.deepEqual([await statusOf(), await statusOf()], [200, 429])
})

test('each tag has a limit `by: tag` for itself: one that is used up refuses whoever names it', async () => {
  const { post } = await open([{ kind: 'requests', amount: 1, per: 'day', by: 'tag' }])
  const statusOf = async (tags: string) => {
    const answer = await post(ASK, { headers: { 'faregate-tags': tags } })
    await answer.text()
    return answer.status
  }
  assert.deepEqual(
    [await statusOf('red, blue'), await statusOf('green'), await statusOf('blue,pink'), await statusOf('pink')],
    [200, 200, 429, 200],
  )
})

test('M27: a refusal by a limit tells what else stands in the way, and a cap goes before it', async () => {
  const limits: LimitTerms[] = [
    { kind: 'requests', amount: 1, per: 'day' },
    { kind: 'concurrency', amount: 1_000 },
  ]
  const { post } = await open(limits)
  await (await post(ASK)).text()
  const poor = await problemOf(await post({ ...ASK, max_tokens: 100_000_000 }))
  assert.deepEqual([poor.code, poor['also']], ['rate_limited', ['insufficient_balance']])
  world.key.cap = { amount: 1_000n, period: 'total' }
  const capped = await problemOf(await post(ASK))
  assert.deepEqual([capped.code, capped['also']], ['cap_key', ['rate_limited']])
})

test('/v1/explain says what the limits would say and takes nothing; /v1/key shows what is left', async () => {
  const { post, get } = await open([
    { kind: 'requests', amount: 1, per: 'day' },
    { kind: 'tokens', amount: 100, per: 'minute', by: 'user' },
    { kind: 'concurrency', amount: 4 },
  ])
  const explain = async () => ((await (await post(ASK, { path: '/v1/explain' })).json()) as { verdict: { code?: string } }).verdict
  for (let i = 0; i < 3; i++) assert.equal(await explain(), 'allow')
  await (await post(ASK)).text()
  assert.equal((await explain()).code, 'rate_limited')
  const { limits } = (await (await get('/v1/key')).json()) as { limits: Record<string, unknown>[] }
  assert.deepEqual(
    limits.map(({ fullAt: _when, ...limit }) => limit),
    [
      { level: 'key', kind: 'requests', amount: 1, per: 'day', burst: 1, by: null, available: 0 },
      { level: 'key', kind: 'tokens', amount: 100, per: 'minute', burst: 100, by: 'user', available: null },
      { level: 'key', kind: 'concurrency', amount: 4, by: null, available: 4 },
    ],
  )
})

test('counting tokens is within the limits on requests, and takes no tokens', async () => {
  const { post } = await open([
    { kind: 'requests', amount: 1, per: 'day' },
    { kind: 'tokens', amount: 1, per: 'day' },
  ])
  const count = () => post({ model: 'm', messages: ASK.messages }, { path: '/v1/messages/count_tokens' })
  assert.equal((await count()).status, 200)
  assert.equal((await count()).status, 429)
})
