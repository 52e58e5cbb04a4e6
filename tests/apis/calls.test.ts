import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import { describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { header, json, send } from '../support/http.ts'
import { PACED, startService } from '../support/service.ts'
import { startGateway } from '../support/gateway.ts'
import { talk } from '../support/raw.ts'
import { gate } from '../support/wait.ts'
import { callWith, recordOf, refusalOf, world } from './world.ts'

const ROUTES = [
  { method: 'GET', path: '/items', price: '0.01' },
  { method: 'GET', path: '/items/{id}', price: '0.02' },
  { method: 'POST', path: '/items', price: '0.03' },
  { method: 'GET', path: '/items/open', free: true as const },
  { method: '*', path: '/any/*', price: '0.001' },
  { method: 'GET', path: '/headers', price: '0.001' },
  { method: 'GET', path: '/packed', price: '0.001' },
  { method: 'GET', path: '/events/{count}', price: '0.001' },
  { method: 'GET', path: '/paced', price: '0.001' },
  { method: 'GET', path: '/nothing', price: '0.001' },
  { method: 'GET', path: '/status/{code}', price: '0.05' },
  { method: 'GET', path: '/strict/{code}', price: '0.05', chargeOn: ['2xx', '4xx'] },
]

describe('a call of a published API', () => {
  const made = world(ROUTES)

  async function costOf(path: string): Promise<string | undefined> {
    const answer = await made.call(path)
    assert.ok(answer.status < 400, answer.text)
    return header(answer, 'faregate-cost')
  }

  test('costs what its route says, exactly, and says so', async () => {
    const customer = await made.gateway.customer('1.00')
    const costs = ['0.01', '0.02', '0.03', '0.00', '0.001']
    const calls = [
      ['GET', '/items'],
      ['GET', '/items/7'],
      ['POST', '/items'],
      ['GET', '/items/open'],
      ['PATCH', '/any/thing/at/all'],
    ] as const
    for (const [i, [method, path]] of calls.entries()) {
      const answer = await callWith(made.gateway, customer.key, path, { method })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(header(answer, 'faregate-cost'), costs[i])
    }
    const balance = await assertSettled(made.gateway.api, customer.organization)
    assert.equal(nano(balance.posted), 61_000_000n)
  })

  test('reaches the upstream as it was sent: method, path, query, body; without the prefix', async () => {
    const answer = await made.call('/any/a%20b/c;v=1/?q=1&q=%C3%A9&key=x', {
      method: 'PUT',
      body: 'body',
      headers: { 'content-type': 'text/x' },
    })
    const { method, url, bytes, headers } = json(answer) as { method: string; url: string; bytes: number; headers: Record<string, string> }
    assert.deepEqual([method, url, bytes], ['PUT', '/any/a%20b/c;v=1/?q=1&q=%C3%A9&key=x', 4])
    assert.equal(headers['content-type'], 'text/x')
    assert.equal(headers['x-request-id'], header(answer, 'x-request-id'))
    assert.equal(headers['host'], new URL(made.service.url).host)
  })

  test('a HEAD is its GET without the body', async () => {
    const answer = await made.call('/items/7', { method: 'HEAD' })
    assert.deepEqual([answer.status, answer.body.length, header(answer, 'faregate-cost')], [200, 0, '0.02'])
    assert.equal(made.service.calls.at(-1)?.method, 'HEAD')
    assert.equal((await recordOf(made, answer))['route'], 'GET /items/{id}')
  })

  test('neither the key nor what belongs to one connection goes on', async () => {
    const key = made.customer.key
    for (const name of ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']) {
      const value = name === 'authorization' ? `Bearer ${key}` : key
      const headers = {
        [name]: value,
        connection: 'x-hop, keep-alive',
        'x-hop': '1',
        te: 'trailers',
        cookie: 'a=b',
        'x-forwarded-for': '1.2.3.4',
        'faregate-tags': 'a',
        'x-own': 'kept',
      }
      const answer = await send(`${made.gateway.url}/test/any/x`, { headers })
      assert.equal(answer.status, 200, answer.text)
      const seen = (json(answer) as { headers: Record<string, string> }).headers
      assert.ok(!JSON.stringify(seen).includes(key))
      for (const gone of [name, 'x-hop', 'te', 'cookie', 'x-forwarded-for', 'faregate-tags']) assert.equal(seen[gone], undefined, gone)
      assert.equal(seen['x-own'], 'kept')
    }
  })

  test('nothing goes on that would name another method, another path or another caller to the upstream', async () => {
    const strange = {
      'x-http-method': 'DELETE',
      'x-http-method-override': 'DELETE',
      'x-method-override': 'DELETE',
      'x-original-url': '/admin',
      'x-rewrite-url': '/admin',
      'x-forwarded-prefix': '/admin',
      'true-client-ip': '1.2.3.4',
      'x-client-ip': '1.2.3.4',
      'cf-connecting-ip': '1.2.3.4',
    }
    const { headers } = json(await made.call('/any/x', { headers: { ...strange, 'x-own': 'kept' } })) as { headers: Record<string, string> }
    assert.deepEqual([Object.keys(strange).filter((name) => name in headers), headers['x-own']], [[], 'kept'])
  })

  test('a key in the query is none: it would go on', async () => {
    const answer = await send(`${made.gateway.url}/test/any/x:y?key=${made.customer.key}`)
    refusalOf(answer, 401, 'credential_missing')
  })

  test("of the upstream's head comes what concerns the answer, and nothing that would be the gateway's to say", async () => {
    const { headers } = await made.call('/headers', { headers: { origin: 'https://shop.example' } })
    assert.equal(headers['x-own'], 'kept')
    assert.equal(headers['etag'], '"1"')
    assert.equal(headers['faregate-cost'], '0.001')
    assert.equal(headers['access-control-allow-origin'], '*')
    for (const gone of ['x-named', 'set-cookie', 'strict-transport-security']) assert.equal(headers[gone], undefined, gone)
  })

  test('an encoded answer stays as it is', async () => {
    const answer = await made.call('/packed', { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(header(answer, 'content-encoding'), 'gzip')
    assert.equal(gunzipSync(answer.body).toString(), '{"packed":true}')
  })

  test('an event is with the caller before the next one is sent, with comments, retry and ids as they are', async () => {
    const first = gate()
    made.service.second = first.promise
    const answer = await made.call('/paced', { onData: () => first.open() })
    assert.deepEqual([answer.text, header(answer, 'content-type'), answer.complete], [PACED, 'text/event-stream', true])
  })

  test('events arrive one by one, and the answer ends when the last is paid', async () => {
    const answer = await made.call('/events/5')
    assert.equal(answer.text, 'data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n')
    assert.ok(answer.firstByteMs < answer.totalMs - 50, `${answer.firstByteMs} of ${answer.totalMs}`)
  })

  test('an answer without a body is one', async () => {
    const answer = await made.call('/nothing')
    assert.deepEqual([answer.status, answer.body.length], [204, 0])
    assert.equal(header(answer, 'faregate-cost'), '0.001')
  })

  test('redirects are passed on, not followed', async () => {
    const answer = await made.call('/status/302')
    assert.deepEqual([answer.status, header(answer, 'location'), header(answer, 'faregate-cost')], [302, '/elsewhere', '0.05'])
  })

  test('what answers are charged for is a matter of the route', async () => {
    const lenient = await made.call('/status/404')
    assert.deepEqual([lenient.status, lenient.text, header(lenient, 'faregate-cost')], [404, '{"status":404}', '0.00'])
    assert.equal((await recordOf(made, lenient)).cost, '0.00')
    assert.equal(await costOf('/status/200'), '0.05')
    const strict = await made.call('/strict/404')
    assert.deepEqual([strict.status, header(strict, 'faregate-cost'), (await recordOf(made, strict)).cost], [404, '0.05', '0.05'])
  })

  test('the record names API and route, and both can be filtered and grouped by', async () => {
    const customer = await made.gateway.customer('1.00')
    const answers = await Promise.all(['/items/1', '/items/2', '/items'].map((path) => callWith(made.gateway, customer.key, path)))
    const [first] = answers
    assert.ok(first)
    const record = await recordOf(made, first)
    assert.deepEqual(
      [record['api'], record['route'], record.model, record.outcome, record.cost, record.priceVersion, record.delivery],
      ['test', 'GET /items/{id}', null, 'served', '0.02', 'call:0.02', 'confirmed'],
    )
    const query = { organization: customer.organization, api: 'test', route: 'GET /items/{id}' }
    assert.equal((await made.gateway.api.records(query)).length, 2)
    const usage = await made.gateway.api.expect<{ groups: Record<string, unknown>[] }>(
      200,
      'GET',
      `/api/usage?organization=${customer.organization}&groupBy=api,route`,
    )
    assert.deepEqual(
      usage.groups.map(({ api, route, requests, cost }) => [api, route, requests, cost]),
      [
        ['test', 'GET /items', 1, '0.01'],
        ['test', 'GET /items/{id}', 2, '0.04'],
      ],
    )
    assert.equal((await made.gateway.api.records({ organization: customer.organization, api: 'other' })).length, 0)
    const { text } = await send(`${made.gateway.url}/metrics`)
    assert.match(text, /faregate_api_requests_total\{outcome="served",denial="none",api="test"\} \d/)
    assert.match(text, /faregate_api_request_duration_seconds_count\{api="test"\} \d/)
  })

  test('what is free touches no balance, and is recorded', async () => {
    const customer = await made.gateway.customer()
    const answer = await callWith(made.gateway, customer.key, '/items/open')
    assert.deepEqual([answer.status, header(answer, 'faregate-cost')], [200, '0.00'])
    const record = await recordOf(made, answer)
    assert.deepEqual([record.cost, record['route'], record.priceVersion], ['0.00', 'GET /items/open', null])
    refusalOf(await send(`${made.gateway.url}/test/items/open`), 401, 'credential_missing')
  })
})

describe('what is asked for and is not there', () => {
  const made = world(ROUTES)

  test('an unknown path names its neighbour', async () => {
    const problem = refusalOf(await made.call('/item/7'), 404, 'route_unknown')
    assert.deepEqual(problem['didYouMean'], ['/test/items/7'])
    assert.equal((await made.call('/items/7')).status, 200)
  })

  test('another method is told which ones there are', async () => {
    const answer = await made.call('/items', { method: 'DELETE' })
    const problem = refusalOf(answer, 404, 'route_unknown')
    assert.equal(header(answer, 'allow'), 'GET, HEAD, POST')
    assert.deepEqual(problem['allow'], ['GET', 'HEAD', 'POST'])
    assert.match(String(problem['detail']), /takes GET, HEAD, POST, not DELETE/)
  })

  test('without a key nobody learns what routes there are', async () => {
    for (const path of ['/items', '/nowhere']) refusalOf(await send(`${made.gateway.url}/test${path}`), 401, 'credential_missing')
  })

  for (const path of [
    '/any//x',
    '/any/../items',
    '/any/%2e%2e/items',
    '/any/..;/items',
    '/any/a%2Fb',
    '/any/a%5Cb',
    '/any/%00',
    '/any/a%0d%0ax-injected:%201',
    '/any/%zz',
  ]) {
    test(`${path} is refused: the upstream could read another path in it`, async () => {
      const before = made.service.calls.length
      const request = `GET /test${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${made.customer.key}\r\n\r\n`
      const { answers } = await talk(made.gateway.url, request, { answers: 1 })
      assert.equal(answers[0]?.status, 400)
      assert.equal(made.service.calls.length, before)
    })
  }

  test('requests that proxies read in different ways never reach an upstream', async () => {
    const before = made.service.calls.length
    const start = `POST /test/items HTTP/1.1\r\nauthorization: Bearer ${made.customer.key}\r\n`
    for (const rest of [
      'host: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'host: x\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nbodyx',
      'host: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n',
      'host: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n',
      'host: x\r\nx-folded: a\r\n b\r\ncontent-length: 0\r\n\r\n',
      'content-length: 0\r\n\r\n',
    ]) {
      const { answers } = await talk(made.gateway.url, start + rest, { answers: 1 })
      assert.equal(answers[0]?.status, 400, rest)
    }
    assert.equal(made.service.calls.length, before)
  })

  test('what would inject a header, or another request, is refused', async () => {
    const before = made.service.calls.length
    const start = `GET /test/any/x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${made.customer.key}\r\n`
    for (const rest of ['x-a: b\rx-injected: 1\r\n\r\n', 'x-a: b\0c\r\n\r\n', 'x a: b\r\n\r\n', ': b\r\n\r\n', 'x-a : b\r\n\r\n']) {
      const { answers } = await talk(made.gateway.url, start + rest, { answers: 1 })
      assert.equal(answers[0]?.status, 400, JSON.stringify(rest))
    }
    assert.equal(made.service.calls.length, before)
  })

  test('a caller that waits to be told to send its body is told when the upstream takes it, and not where it is refused', async () => {
    const start = `POST /test/items HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n`
    const refused = await talk(made.gateway.url, `${start}\r\n`, { answers: 1 })
    assert.deepEqual(
      refused.answers.map(({ status }) => status),
      [401],
    )
    const { answers } = await talk(made.gateway.url, `${start}authorization: Bearer ${made.customer.key}\r\n\r\n`, {
      answers: 1,
      opened: (socket) => socket.once('data', () => socket.write('body')),
    })
    assert.equal(answers.at(-1)?.status, 200)
    const { bytes, headers } = made.service.calls.at(-1) ?? assert.fail()
    assert.deepEqual([bytes, headers.expect], [4, undefined])
  })

  test('a target in absolute form is its path', async () => {
    const request = `GET http://other.example/test/items HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${made.customer.key}\r\n\r\n`
    const { answers } = await talk(made.gateway.url, request, { answers: 1 })
    assert.equal(answers[0]?.status, 200)
  })
})

const SECRET = 'Basic dXNlcjpzZWNyZXQtdG93YXJkcy10aGUtdXBzdHJlYW0='

describe('the upstream of an API', () => {
  test('gets its secret in the header that is named, below the path of its address', async (t) => {
    const service = await startService()
    const gateway = await startGateway({
      config: {
        apis: {
          test: {
            prefix: '/test',
            upstream: { baseUrl: `${service.url}/v3/`, header: { name: 'Authorization', value: SECRET } },
            routes: [
              { method: 'GET', path: '/a/{id}', price: '0.01' },
              { method: 'GET', path: '/', free: true },
            ],
          },
        },
      },
    })
    t.after(async () => {
      await gateway.stop()
      await service.close()
    })
    const { key } = await gateway.customer('1.00')
    assert.equal((await callWith(gateway, key, '/a/1?x=1')).status, 200)
    assert.deepEqual([service.calls.at(-1)?.url, service.calls.at(-1)?.headers.authorization], ['/v3/a/1?x=1', SECRET])
    assert.equal((await callWith(gateway, key, '')).status, 200)
    assert.equal(service.calls.at(-1)?.url, '/v3')
    const shown = await gateway.api.expect<{ upstream: unknown; managedBy: { source: string } }>(200, 'GET', '/api/apis/test')
    const secret = { name: 'Authorization', lastFour: SECRET.slice(-4) }
    assert.deepEqual(shown.upstream, { baseUrl: `${service.url}/v3`, header: secret, basic: null, oauth: null, mutualTls: null, ca: null })
    assert.equal(shown.managedBy.source, 'file')
  })
})
