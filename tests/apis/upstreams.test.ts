import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { header } from '../support/http.ts'
import { startService } from '../support/service.ts'
import { eventually, pause } from '../support/wait.ts'
import { several, type Api } from './several.ts'
import { recordOf, refusalOf } from './world.ts'

const NEVER_ASIDE = { health: { failures: 1000 } }

describe('an API with several upstreams', () => {
  const made = several(3)
  const at = (index: number) => made.services[index] ?? assert.fail()
  const place = (index: number, weight?: number) => ({ baseUrl: at(index).url, ...(weight === undefined ? {} : { weight }) })
  const callsOf = (index: number, path: string) => at(index).callsOf(path).length

  test('calls them in turn by their weights, exactly', async () => {
    const api = await made.api([place(0, 5), place(1, 2), place(2)])
    for (let i = 0; i < 16; i++) assert.equal((await api.call('/turns')).status, 200)
    assert.deepEqual(
      [0, 1, 2].map((index) => callsOf(index, '/turns')),
      [10, 4, 2],
    )
    await api.charged(16)
  })

  test('one that fails so often in a row is put aside for the stated time, then one call tries it', async () => {
    const api = await made.api([place(0), place(1)], { health: { failures: 2, asideMs: 600 }, retries: 0 })
    at(1).failing.add('/aside')
    const statuses = async (count: number) => {
      const found: number[] = []
      for (let i = 0; i < count; i++) found.push((await api.call('/aside')).status)
      return found
    }
    assert.deepEqual(await statuses(8), [200, 502, 200, 502, 200, 200, 200, 200])
    await pause(650)
    assert.equal((await statuses(4)).filter((status) => status === 502).length, 1, 'the trial fails, and nobody else tries')
    at(1).failing.clear()
    await pause(650)
    const before = callsOf(1, '/aside')
    assert.deepEqual(await statuses(6), Array(6).fill(200))
    assert.ok(callsOf(1, '/aside') - before >= 2)
    assert.match(made.gateway.output, /an upstream of an API is put aside/)
  })

  test('an answer of another class between two failures keeps it where it is', async () => {
    const api = await made.api([place(0)], { health: { failures: 2, asideMs: 60_000 } })
    for (const path of ['/status/500', '/status/404', '/status/500', '/status/302']) await api.call(path)
    assert.equal((await api.call('/still')).status, 200)
  })

  test('with all of them aside calls are refused at once, with the wait, and nothing is called, held or charged', async () => {
    const api = await made.api([place(0), { baseUrl: made.dead }], { health: { failures: 1, asideMs: 30_000 }, retries: 0 })
    at(0).failing.add('/broken')
    await api.call('/broken')
    await api.call('/broken')
    const calls = at(0).calls.length
    const started = performance.now()
    const answer = await api.call('/any')
    assert.ok(performance.now() - started < 1_000)
    const problem = refusalOf(answer, 502, 'provider_error')
    assert.match(String(problem['detail']), /^No upstream of the API "api-\d+" is called at the moment/)
    const wait = Number(header(answer, 'retry-after'))
    assert.ok(wait >= 25 && wait <= 30, `${wait} s`)
    assert.ok(![at(0).url, made.dead].some((url) => answer.text.includes(new URL(url).host)), 'where they are is for nobody else to know')
    assert.equal(at(0).calls.length, calls)
    assert.deepEqual([(await recordOf(made, answer)).outcome, (await recordOf(made, answer)).cost], ['failed', '0.00'])
    await api.charged(0)
  })

  test('who cannot pay is told that first, whatever the upstreams are', async () => {
    const api = await made.api([{ baseUrl: made.dead }], { health: { failures: 1, asideMs: 30_000 } })
    await api.call('/a')
    const { key } = await made.gateway.customer()
    const answer = await api.call('/a', { headers: { authorization: `Bearer ${key}` } })
    refusalOf(answer, 402, 'insufficient_balance')
  })

  test('what was learnt of an upstream outlives a change of the API, and of others', async () => {
    const api = await made.api([place(0), { baseUrl: made.dead }], { health: { failures: 1, asideMs: 60_000 }, retries: 0 })
    await failsOnce(api)
    await made.gateway.api.expect(200, 'PATCH', `/api/apis/${api.name}`, {
      upstreams: [place(0), { baseUrl: made.dead, weight: 100 }, place(2)],
      timeouts: { firstByteMs: 5_000 },
    })
    for (let i = 0; i < 6; i++) assert.equal((await api.call('/after')).status, 200)
    await made.gateway.api.expect(200, 'PATCH', `/api/apis/${api.name}`, { upstreams: [place(1), place(0)] })
    await api.call('/after')
    await made.gateway.api.expect(200, 'PATCH', `/api/apis/${api.name}`, { upstreams: [place(0), { baseUrl: made.dead }] })
    await failsOnce(api)
  })

  /** Within as many calls as there are upstreams. */
  async function failsOnce(api: Api): Promise<void> {
    const found = [(await api.call('/x')).status, (await api.call('/x')).status]
    assert.deepEqual(
      found.toSorted((a, b) => a - b),
      [200, 502],
    )
  }

  test('a single one is never put aside, unless that is said', async () => {
    const service = await startService()
    service.failing.add('/a')
    const upstream = { baseUrl: service.url }
    const [patient, strict] = [await made.api([upstream], { health: {} }), await made.api([upstream], { health: { failures: 3 } })]
    for (const api of [patient, strict]) for (let i = 0; i < 4; i++) await api.call('/a')
    assert.deepEqual([(await patient.call('/b')).status, (await strict.call('/b')).status], [200, 502])
    await service.close()
  })

  test('one caller whose requests fail takes several away from nobody else, unless that is said', async () => {
    const places = [place(0), place(1)]
    for (const [health, status] of [
      [{}, 200],
      [{ failures: 3 }, 502],
    ] as const) {
      const api = await made.api(places, { health })
      for (let i = 0; i < 6; i++) assert.equal((await api.call('/status/500')).status, 502)
      const { key } = await made.gateway.customer('1.00')
      assert.equal((await api.call('/fine', { headers: { authorization: `Bearer ${key}` } })).status, status)
    }
  })

  describe('makes a call again where that is safe', () => {
    const twice = (more: Record<string, unknown> = {}) =>
      made.api([{ baseUrl: made.dead, weight: 1000 }, place(0)], { ...NEVER_ASIDE, ...more })

    test('a connection that cannot be made: any method, with its body whole, charged once', async () => {
      const api = await twice()
      const body = Buffer.alloc(300_000, 'abc')
      const answer = await api.call('/again', { method: 'POST', body })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(at(0).callsOf('/again').at(-1)?.bytes, body.length)
      assert.equal(header(answer, 'faregate-cost'), '0.01')
      assert.equal((await api.call('/again')).status, 200)
      await api.charged(2)
    })

    test('each try is recorded by the place of its upstream, which the log names to the operator alone', async () => {
      const api = await twice()
      const answer = await api.call('/recorded')
      const { attempts } = await recordOf(made, answer)
      assert.deepEqual(
        attempts.map(({ provider, upstream, status, outcome, error }) => [provider, upstream, status, outcome, error]),
        [
          [null, 1, null, 'failed', 'provider_error'],
          [null, 2, 200, 'served', null],
        ],
      )
      const failing = await made.api([place(0), place(1)])
      const failed = await failing.call('/status/503')
      const record = await recordOf(made, failed)
      assert.deepEqual(
        record.attempts.map(({ upstream, status, outcome, error }) => [upstream, status, outcome, error]),
        [[1, 503, 'failed', 'provider_error']],
      )
      assert.match(made.gateway.output, new RegExp(`${failing.name}: HTTP 503 \\(${at(0).url}\\)`))
      assert.ok(!failed.text.includes(new URL(at(0).url).host) && !JSON.stringify(record).includes(new URL(at(0).url).host))
      const cut = await recordOf(made, await failing.call('/cut/200000'))
      assert.deepEqual(
        cut.attempts.map(({ status, outcome, error }) => [status, outcome, error]),
        [[200, 'failed', 'provider_error']],
      )
    })

    test('not more often than it may be', async () => {
      const api = await twice({ retries: 0 })
      refusalOf(await api.call('/again'), 502, 'provider_error')
      const deads = Array.from({ length: 3 }, (_, i) => ({ baseUrl: `${made.dead}/${i}`, weight: 1000 }))
      const often = await made.api([...deads, place(0)], { ...NEVER_ASIDE, retries: 3 })
      assert.equal((await often.call('/again')).status, 200)
      const rarely = await made.api([...deads, place(0)], { ...NEVER_ASIDE, retries: 2 })
      refusalOf(await rarely.call('/again'), 502, 'provider_error')
      await rarely.charged(0)
    })

    test('without an answer: what may be repeated and has no body; an upstream may have done the others', async () => {
      const one = { baseUrl: at(1).url }
      const api = await made.api([one], { ...NEVER_ASIDE, retries: 2, timeouts: { firstByteMs: 200 } })
      for (const [path, method, body, calls] of [
        ['/silent/get', 'GET', undefined, 3],
        ['/reset/get', 'GET', undefined, 3],
        ['/reset/delete', 'DELETE', undefined, 3],
        ['/reset/post', 'POST', undefined, 1],
        ['/reset/put', 'PUT', 'body', 1],
        ['/status/503', 'GET', undefined, 1],
        ['/cut/100', 'GET', undefined, 1],
        ['/cut/200000', 'GET', undefined, 1],
        ['/garbled/get', 'GET', undefined, 1],
      ] as const) {
        const before = callsOf(1, path)
        await api.call(path, { method, ...(body === undefined ? {} : { body }) })
        assert.equal(callsOf(1, path) - before, calls, `${method} ${path}`)
      }
      await api.charged(0)
    })

    test('at another upstream where there is one, and the answer of that is charged once', async () => {
      const api = await made.api([{ baseUrl: `${at(2).url}/reset`, weight: 1000 }, place(0)], NEVER_ASIDE)
      const answer = await api.call('/other')
      assert.equal(answer.status, 200, answer.text)
      // A GET on a connection that was kept is made again there first.
      assert.ok([1, 2].includes(callsOf(2, '/reset/other')))
      assert.equal(callsOf(0, '/other'), 1)
      await api.charged(1)
    })
  })
})

describe('an upstream that is checked', () => {
  const made = several(2)
  const check = { path: '/health', intervalMs: 1_000, timeoutMs: 500, healthy: 1, unhealthy: 1 }
  const at = (index: number) => made.services[index] ?? assert.fail()

  test('is called while it passes, and not while it fails, though no call failed', async () => {
    const api = await made.api([{ baseUrl: at(0).url }, { baseUrl: at(1).url }], { health: { check }, retries: 0 })
    const share = async (path: string): Promise<number[]> => {
      for (let i = 0; i < 4; i++) assert.equal((await api.call(path)).status, 200)
      return [0, 1].map((index) => at(index).callsOf(path).length)
    }
    assert.deepEqual(await share('/both'), [2, 2])
    at(1).failing.add('/health')
    await eventually(() => assert.match(made.gateway.output, /fails its checks/))
    assert.deepEqual(await share('/one'), [4, 0])
    at(1).failing.clear()
    await eventually(() => assert.match(made.gateway.output, /passes its checks/))
    assert.deepEqual(await share('/again'), [2, 2])
  })

  test('is asked with the secret, at its own path, and no more once that is not wanted', async () => {
    const secret = 'secret-of-the-checked-upstream-9'
    const upstream = { basic: { user: 'gateway', secret } }
    const api = await made.api([{ baseUrl: `${at(0).url}/base` }], { upstream, health: { check: { ...check, path: '/deep?x=1' } } })
    const seen = await eventually(() => at(0).callsOf('/base/deep?x=1').at(-1) ?? assert.fail('it is not asked'))
    assert.equal(seen.headers.authorization, `Basic ${Buffer.from(`gateway:${secret}`).toString('base64')}`)
    await made.gateway.api.expect(200, 'PATCH', `/api/apis/${api.name}`, { health: null })
    const count = at(0).callsOf('/base/deep').length
    await pause(1_500)
    assert.equal(at(0).callsOf('/base/deep').length, count)
  })

  test('that fails is called again once nobody checks it', async () => {
    at(1).failing.add('/health')
    const api = await made.api([{ baseUrl: at(1).url }], { health: { check } })
    const refused = await eventually(async () => {
      const answer = await api.call('/a')
      refusalOf(answer, 502, 'provider_error')
      return answer
    })
    assert.equal(header(refused, 'retry-after'), undefined, 'nobody knows when it comes back')
    await made.gateway.api.expect(200, 'PATCH', `/api/apis/${api.name}`, { health: null })
    assert.equal((await api.call('/a')).status, 200)
    at(1).failing.clear()
  })
})
