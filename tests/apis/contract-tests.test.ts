import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ENGINES } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { json } from '../support/http.ts'
import { CITIES, CITY, ScriptedService, type ScriptedAnswer, type ScriptedCall } from './contract-world.ts'

interface Report {
  passed: number
  failed: number
  skipped: number
  operations: { operation: string; passed: number; failed: Told[]; skipped: Told[] }[]
}

interface Told {
  what: string
  why: string
}

/** A service that does what the document says, refusals included. */
function honest({ method, url, headers, body }: ScriptedCall): ScriptedAnswer {
  const refused = { status: 400, body: {} }
  const { searchParams } = new URL(url, 'http://a')
  const days = searchParams.get('days')
  if (days !== null && !/^[1-7]$/.test(days)) return refused
  if (headers['x-unit'] !== undefined && !['c', 'f'].includes(String(headers['x-unit']))) return refused
  if (method === 'GET') return { body: CITY, headers: { 'x-left': '3' } }
  const sent = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)
  const { name, id = 1, secret = '' } = sent
  const right = typeof name === 'string' && name.length >= 2 && Number.isInteger(id) && typeof secret === 'string'
  return right ? { body: CITY } : refused
}

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `an API that is tried by its document, on ${engineName}`,
    { skip },
    block((engine) => {
      let service: ScriptedService
      let gateway: Gateway

      before(async () => {
        service = await new ScriptedService().start()
        service.answer = honest
        gateway = await startGateway(engine.options)
        await gateway.api.expect(200, 'PATCH', '/api/apis/cities/draft', {
          upstream: { baseUrl: `${service.url}/v9`, header: { name: 'x-secret', value: 'secret-of-the-service-1' } },
        })
        await gateway.api.expect(200, 'POST', '/api/apis/cities/import', { document: CITIES, free: true })
      })
      after(async () => {
        await gateway?.stop()
        await service?.close()
      })

      const tried = async (body: object): Promise<{ ok: boolean; contract: Report }> => {
        service.calls.length = 0
        return gateway.api.expect(200, 'POST', '/api/apis/cities/test', { of: 'draft', ...body })
      }
      const whys = ({ contract }: { contract: Report }, of: 'failed' | 'skipped') =>
        contract.operations.flatMap((one) => one[of].map(({ what, why }) => `${one.operation}: ${what}: ${why}`))

      test('a mock is asked for every answer that the document promises, and nothing else is called', async () => {
        const { ok, contract } = await tried({ against: 'mock' })
        assert.deepEqual([ok, contract.failed], [true, 0])
        assert.deepEqual(
          contract.operations.map(({ operation }) => operation),
          ['GET /cities/{city}', 'PUT /cities/{city}'],
        )
        assert.ok(contract.operations.every(({ passed }) => passed > 0))
        assert.equal(service.calls.length, 0)
      })

      test('an upstream is called with GET alone, with its secret and its path, at the edges and beyond them', async () => {
        const result = await tried({ against: 'upstream' })
        assert.deepEqual(whys(result, 'failed'), [])
        assert.equal(result.ok, true)
        assert.ok(service.calls.length > 0 && service.calls.every(({ method }) => method === 'GET'))
        assert.ok(
          service.calls.every(({ headers, url }) => headers['x-secret'] === 'secret-of-the-service-1' && url.startsWith('/v9/cities/')),
        )
        const urls = service.calls.map(({ url }) => url.split('?')[1] ?? '')
        for (const query of ['days=0', 'days=1', 'days=7', 'days=8', 'days=text']) assert.ok(urls.includes(query), query)
        assert.ok(whys(result, 'skipped').every((why) => /^PUT .*only when asked for$/.test(why)))
      })

      test('other methods are called when that is asked for, with bodies at the edges and beyond them', async () => {
        const result = await tried({ against: 'upstream', unsafe: true })
        assert.deepEqual([whys(result, 'failed'), whys(result, 'skipped')], [[], []])
        const bodies = service.calls.filter(({ method }) => method === 'PUT').map(({ body }) => body)
        assert.ok(bodies.includes(''))
        assert.ok(bodies.some((body) => /"name":"xx"/.test(body)) && bodies.some((body) => /"name":"x"/.test(body)))
      })

      const broken: [what: string, answer: (call: ScriptedCall) => ScriptedAnswer, why: RegExp][] = [
        ['accepts what the document refuses', () => ({ body: CITY }), /days is beyond its maximum: it was answered with 200, and should/],
        ['answers with a body that is wrong', () => ({ body: { id: 'x', name: 'berlin' } }), /the body at \/id must be integer \(type\)/],
        ['answers with a status that is not in the document', () => ({ status: 418, body: {} }), /the status 418 is none that/],
        ['fails', () => ({ status: 500, body: {} }), /it was answered with 500/],
      ]
      for (const [what, answer, why] of broken) {
        test(`a service that ${what} is told with the call and what differs`, async () => {
          service.answer = answer
          const result = await tried({ against: 'upstream' })
          service.answer = honest
          assert.equal(result.ok, false)
          const told = whys(result, 'failed')
          assert.ok(
            told.some((one) => one.startsWith('GET /cities/{city}: ') && why.test(one)),
            told.join('\n'),
          )
        })
      }

      test('what is in force is tried apart from the draft', async () => {
        const missing = await gateway.api.call('POST', '/api/apis/cities/test', { against: 'upstream' })
        assert.equal(missing.status, 404)
      })

      describe('with saved calls', () => {
        const saved = (expect: object) => ({
          checks: {
            beforePublish: true,
            calls: [{ name: 'berlin', method: 'GET', path: '/cities/berlin?days=2', headers: { 'X-Unit': 'c' }, expect }],
          },
        })
        const save = async (expect: object): Promise<number> => {
          const path = '/api/apis/cities/draft'
          return (await gateway.api.expect<{ revision: number }>(200, 'PATCH', path, saved(expect))).revision
        }

        test('each is made as it is kept, and passes where all is as expected', async () => {
          await save({ status: 200, headers: ['X-Left'], present: ['/name'], equal: { '/id': 1 } })
          const result = await tried({ against: 'upstream' })
          assert.deepEqual(whys(result, 'failed'), [])
          const [first] = service.calls
          assert.deepEqual([first?.url, first?.headers['x-unit']], ['/v9/cities/berlin?days=2', 'c'])
        })

        const wrong: [what: string, expect: object, why: RegExp][] = [
          ['the status', { status: 201 }, /answered with 200, and not with 201/],
          ['a header', { status: 200, headers: ['X-Right'] }, /the header X-Right is missing/],
          ['a member', { status: 200, present: ['/size'] }, /nothing is at \/size/],
          ['a value', { status: 200, equal: { '/name': 'paris' } }, /what is at \/name is not what it should be/],
        ]
        for (const [what, expect, why] of wrong) {
          test(`one that misses ${what} fails, and refuses the release`, async () => {
            const revision = await save(expect)
            assert.match(whys(await tried({ against: 'upstream' }), 'failed').join(), why)
            const refused = await gateway.api.call('POST', '/api/apis/cities/releases', { revision })
            assert.deepEqual([refused.status, json(refused)['code']], [409, 'release_refused'])
            const [flaw] = json(refused)['flaws'] as { code: string; detail: string }[]
            assert.equal(flaw?.code, 'checks_failed')
            assert.match(flaw?.detail ?? '', why)
          })
        }

        test('a release in spite of it is audited, and keeps the calls with it', async () => {
          const revision = await save({ status: 201 })
          const release = await gateway.api.expect<{ overridden: string[]; checks: unknown }>(201, 'POST', '/api/apis/cities/releases', {
            revision,
            override: ['checks_failed'],
          })
          assert.deepEqual(release.overridden, ['checks_failed'])
          assert.deepEqual(release.checks, saved({ status: 201 }).checks)
          const { data } = await gateway.api.expect<{ data: { action: string; after: { overridden?: string[] } }[] }>(
            200,
            'GET',
            '/api/audit',
          )
          assert.deepEqual(data.find(({ action }) => action === 'api.publish')?.after.overridden, ['checks_failed'])
          const result = await gateway.api.expect<{ ok: boolean; contract: Report }>(200, 'POST', '/api/apis/cities/test', {
            against: 'upstream',
          })
          assert.match(whys(result, 'failed').join(), /saved calls: berlin/)
        })

        test('a right one lets the release through', async () => {
          const revision = await save({ status: 200 })
          assert.equal((await gateway.api.call('POST', '/api/apis/cities/releases', { revision })).status, 201)
        })

        test('two of one name, and one that is no path, are refused where they are saved', async () => {
          const one = { name: 'a', method: 'GET', path: '/a', expect: { status: 200 } }
          for (const calls of [[one, one], [{ ...one, path: 'http://elsewhere.example/' }]])
            assert.equal((await gateway.api.call('PATCH', '/api/apis/cities/draft', { checks: { calls } })).status, 400)
        })
      })
    }),
  )
}
