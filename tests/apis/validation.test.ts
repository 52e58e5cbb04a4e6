import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer, Sent } from '../support/http.ts'
import { CITIES, CITY, ScriptedService } from './contract-world.ts'
import { recordOf, refusalOf } from './world.ts'

type Mode = 'off' | 'report' | 'enforce'

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `calls of an API that are compared with its document, on ${engineName}`,
    { skip },
    block((engine) => {
      let service: ScriptedService
      let gateway: Gateway
      let customer: Customer

      before(async () => {
        service = await new ScriptedService().start()
        gateway = await startGateway(engine.options)
        customer = await gateway.customer('5.00')
        for (const name of ['off', 'report', 'enforce'] as const) await publish(name, { request: name, response: name })
      })
      after(async () => {
        await gateway?.stop()
        await service?.close()
      })

      async function publish(name: string, validation: { request?: Mode; response?: Mode }): Promise<void> {
        const path = `/api/apis/${name}`
        await gateway.api.expect(200, 'PATCH', `${path}/draft`, { upstream: { baseUrl: service.url } })
        await gateway.api.expect(200, 'POST', `${path}/import`, { document: CITIES, price: '0.01' })
        const { revision } = await gateway.api.expect<{ revision: number }>(200, 'PATCH', `${path}/draft`, { validation })
        await gateway.api.expect(201, 'POST', `${path}/releases`, { revision, override: ['unpayable'] })
      }

      const call = (api: Mode, path: string, sent: Sent = {}): Promise<Answer> =>
        send(`${gateway.url}/${api}${path}`, { ...sent, headers: { authorization: `Bearer ${customer.key}`, ...sent.headers } })

      const put = (api: Mode, body: unknown, more: Record<string, string> = {}): Promise<Answer> =>
        call(api, '/cities/berlin', {
          method: 'PUT',
          body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...more },
        })

      /** How a call is answered whose body says nothing of its length. */
      async function chunkedStatus(body: string): Promise<number> {
        const stream = new Blob([body]).stream()
        const headers = { authorization: `Bearer ${customer.key}`, 'content-type': 'application/json' }
        const init = { method: 'PUT', headers, body: stream, duplex: 'half' } as RequestInit
        const answer = await fetch(`${gateway.url}/enforce/cities/berlin`, init)
        await answer.arrayBuffer()
        return answer.status
      }

      /** What a call costs and leaves held, whatever it does. */
      async function costOf(work: () => Promise<unknown>): Promise<bigint> {
        const first = await gateway.api.balance(customer.organization)
        await work()
        await assertSettled(gateway.api, customer.organization)
        const last = await gateway.api.balance(customer.organization)
        return nano(last.posted) - nano(first.posted)
      }

      const violationsOf = async (answer: Answer) => (await recordOf({ gateway }, answer))['violations']

      const wrongRequests: [what: string, sent: () => (api: Mode) => Promise<Answer>, pointer: string, rule: string, where: string][] = [
        ['a parameter of the path', () => (api) => call(api, '/cities/B1'), '/path/city', 'pattern', 'path'],
        ['a parameter of the query', () => (api) => call(api, '/cities/berlin?days=8'), '/query/days', 'maximum', 'query'],
        ['a header', () => (api) => call(api, '/cities/berlin', { headers: { 'x-unit': 'k' } }), '/header/x-unit', 'enum', 'header'],
        ['a member of the body', () => (api) => put(api, { name: 'x' }), '/name', 'minLength', 'body'],
        ['a body that is no JSON', () => (api) => put(api, '{'), '', 'json', 'body'],
        ['a body of another type', () => (api) => put(api, 'x', { 'content-type': 'text/csv' }), '/type', 'type', 'type'],
        ['a body that is missing', () => (api) => call(api, '/cities/berlin', { method: 'PUT' }), '', 'required', 'body'],
        [
          'a member of a packed body',
          () => (api) => put(api, gzipSync('{"name":7}'), { 'content-encoding': 'gzip' }),
          '/name',
          'type',
          'body',
        ],
      ]
      for (const [what, sent, pointer, rule, where] of wrongRequests) {
        test(`enforce: ${what} that is wrong is refused by its place and rule, before anything is called or charged`, async () => {
          const calls = service.calls.length
          let answer: Answer | undefined
          assert.equal(await costOf(async () => (answer = await sent()('enforce'))), 0n)
          const refusal = refusalOf(answer as unknown as Answer, 400, 'request_invalid')
          assert.equal(refusal['pointer'], pointer)
          assert.match(String(refusal['detail']), new RegExp(`\\(${rule}\\)`))
          assert.equal(service.calls.length, calls)
        })

        test(`report: ${what} that is wrong is served, charged and noted`, async () => {
          const answer = await sent()('report')
          assert.equal(answer.status, 200, answer.text)
          const [violation] = (await violationsOf(answer)) as Record<string, string>[]
          assert.deepEqual([violation?.['in'], violation?.['where'], violation?.['rule']], ['request', where, rule])
        })

        test(`off: ${what} that is wrong is served, and nothing is noted`, async () => {
          const answer = await sent()('off')
          assert.equal(answer.status, 200, answer.text)
          assert.deepEqual(await violationsOf(answer), [])
        })
      }

      test('enforce: what is right is served and charged, and its body arrives as it was sent', async () => {
        const body = '{ "name": "berlin", "secret": "x" }'
        assert.equal(await costOf(async () => assert.equal((await put('enforce', body)).status, 200)), nano('0.01'))
        assert.equal(service.calls.at(-1)?.body, body)
        const answer = await call('enforce', '/cities/berlin?days=7', { headers: { 'x-unit': 'c' } })
        assert.equal(answer.status, 200)
        assert.deepEqual(await violationsOf(answer), [])
      })

      test('a body beyond the bound is not compared, and arrives whole, with and without a length', async () => {
        const body = JSON.stringify({ name: 7, notes: {}, more: 'x'.repeat(1_100_000) })
        assert.equal((await put('enforce', body)).status, 200)
        assert.equal(service.calls.at(-1)?.body, body)
        assert.equal(await chunkedStatus(body), 200)
        assert.equal(service.calls.at(-1)?.body, body)
      })

      test('a short body without a length is compared, and arrives as it was sent', async () => {
        assert.equal(await chunkedStatus('{"name":7}'), 400)
        assert.equal(await chunkedStatus('{"name": "berlin"}'), 200)
        assert.equal(service.calls.at(-1)?.body, '{"name": "berlin"}')
      })

      test('a name that the document does not know is told to the caller, and kept nowhere beside the refusal', async () => {
        const body = { name: 'berlin', notes: { 'anna@example.com': 'x' } }
        assert.equal(refusalOf(await put('enforce', body), 400, 'request_invalid')['pointer'], '/notes/anna@example.com')
        const answer = await put('report', body)
        assert.deepEqual(await violationsOf(answer), [{ in: 'request', where: 'body', pointer: '/notes/*', rule: 'type' }])
      })

      const wrongAnswers: [what: string, answer: ReturnType<ScriptedService['answer']>, where: string, rule: string][] = [
        ['a status that is not in the document', { status: 418, body: {} }, 'status', 'status'],
        ['a header', { body: CITY, headers: { 'x-left': '-1' } }, 'header', 'minimum'],
        ['a body of another type', { raw: '<p>', headers: { 'content-type': 'text/html' } }, 'type', 'type'],
        ['a body without a member', { body: { name: 'berlin' } }, 'body', 'required'],
        ['a body of a stated length', { body: { id: 'x', name: 'berlin' }, headers: { 'content-length': '26' } }, 'body', 'type'],
        [
          'a packed body',
          { raw: gzipSync('{"id":"1","name":"berlin"}'), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
          'body',
          'type',
        ],
        ['a body longer than what is collected otherwise', { body: { id: 1, name: 7, more: 'x'.repeat(300_000) } }, 'body', 'type'],
      ]
      for (const [what, wrong, where, rule] of wrongAnswers) {
        test(`enforce: ${what} is not passed on: 502, for the publisher to mend, and nothing is charged`, async () => {
          service.answer = () => wrong
          let answer: Answer | undefined
          assert.equal(await costOf(async () => (answer = await call('enforce', '/cities/berlin'))), 0n)
          const refusal = refusalOf(answer as unknown as Answer, 502, 'provider_error')
          assert.match(String(refusal['detail']), new RegExp(`\\(${rule}\\)`))
          assert.deepEqual((refusal['fixes'] as { by: string }[])[0]?.by, 'publisher')
          assert.equal((refusal['retry'] as { retryable: boolean }).retryable, false)
        })

        test(`report: ${what} is passed on as it came, charged and noted`, async () => {
          service.answer = () => wrong
          const answer = await call('report', '/cities/berlin', { headers: { 'accept-encoding': 'identity' } })
          assert.equal(answer.status, wrong.status ?? 200)
          const [violation] = (await violationsOf(answer)) as Record<string, string>[]
          assert.deepEqual([violation?.['in'], violation?.['where'], violation?.['rule']], ['response', where, rule])
          service.answer = () => ({ body: CITY })
        })
      }

      test('answers beyond the bound, and streams of events, are passed on without being compared', async () => {
        const long = JSON.stringify({ id: 'x', more: 'x'.repeat(1_200_000) })
        service.answer = () => ({ raw: long, headers: { 'content-type': 'application/json' } })
        assert.equal((await call('enforce', '/cities/berlin')).text, long)
        service.answer = () => ({ raw: 'data: 1\n\n', headers: { 'content-type': 'text/event-stream' } })
        assert.equal((await call('enforce', '/cities/berlin')).text, 'data: 1\n\n')
        service.answer = () => ({ body: CITY })
      })

      test('what differs is counted by API in usage and metrics, and no value of a call is in them', async () => {
        await gateway.api.expect(201, 'POST', '/api/apis', {
          name: 'counted',
          upstream: { baseUrl: service.url },
          routes: [{ method: 'GET', path: '/cities/{city}', price: '0.01' }],
        })
        await gateway.api.expect(200, 'POST', '/api/apis/counted/import', { document: CITIES, price: '0.01' })
        const { revision } = await gateway.api.expect<{ revision: number }>(200, 'PATCH', '/api/apis/counted/draft', {
          validation: { request: 'report' },
        })
        await gateway.api.expect(201, 'POST', '/api/apis/counted/releases', { revision, override: ['unpayable'] })
        for (const days of ['8', '9', 'secretvalue']) {
          const answer = await send(`${gateway.url}/counted/cities/berlin?days=${days}`, {
            headers: { authorization: `Bearer ${customer.key}` },
          })
          assert.equal(answer.status, 200)
        }
        const usage = await gateway.api.expect<{ violations: unknown[] }>(200, 'GET', '/api/apis/counted/usage')
        const at = { in: 'request', where: 'query', pointer: '/days' }
        assert.deepEqual(usage.violations, [
          { ...at, rule: 'maximum', calls: 2 },
          { ...at, rule: 'type', calls: 1 },
        ])
        assert.doesNotMatch(JSON.stringify(usage), /secretvalue/)
        const metrics = await send(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${gateway.api.token}` } })
        assert.match(metrics.text, /faregate_api_violations_total\{direction="request",place="query",api="counted"\} 3/)
      })

      test('an API without a document cannot be told to compare: it says what is missing', async () => {
        const answer = await gateway.api.call('POST', '/api/apis', {
          name: 'bare',
          upstream: { baseUrl: service.url },
          routes: [{ method: 'GET', path: '/a', free: true }],
          validation: { request: 'enforce' },
        })
        assert.equal(answer.status, 400)
        assert.match(answer.text, /no document/)
      })

      test('what an earlier release said holds again after going back to it', async () => {
        await gateway.api.expect(200, 'PATCH', '/api/apis/enforce', { validation: null })
        assert.equal((await call('enforce', '/cities/B1')).status, 200)
        await gateway.api.expect(200, 'POST', '/api/apis/enforce/rollback', { release: 1 })
        assert.equal((await call('enforce', '/cities/B1')).status, 400)
        assert.equal(header(await call('enforce', '/cities/berlin'), 'faregate-cost'), '0.01')
        assert.equal(json(await call('enforce', '/cities/berlin'))['name'], 'berlin')
      })
    }),
  )
}
