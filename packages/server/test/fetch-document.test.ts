import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createDocumentFetcher } from '../src/apis/fetch-document.ts'
import { createProber } from '../src/apis/probe.ts'

describe('documents are fetched from the public internet alone', () => {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    if (request.url === '/moved') response.writeHead(302, { location: '/openapi.yaml' }).end()
    else if (request.url === '/large') response.end('x'.repeat(2_000))
    else if (request.url === '/openapi.yaml') response.end('openapi: 3.1.0')
  })
  let url = ''
  const open = createDocumentFetcher({ bytes: 1_000, milliseconds: 500, reachable: () => true })
  const guarded = createDocumentFetcher()
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await Promise.all([open.close(), guarded.close()])
  })

  test('a document is its text', async () => {
    assert.deepEqual(await open.fetch(`${url}/openapi.yaml`), { text: 'openapi: 3.1.0' })
  })

  test('redirects, what is too large, and what does not answer in time are refused in words', async () => {
    assert.deepEqual(await open.fetch(`${url}/moved`), { refused: 'it answers 302 instead of the document' })
    assert.match(JSON.stringify(await open.fetch(`${url}/large`)), /refused.*larger/)
    assert.deepEqual(await open.fetch(`${url}/silent`), { refused: 'it does not answer in time' })
  })

  test('private addresses and other schemes are not even asked', async () => {
    const earlier = asked
    for (const address of [
      `${url}/openapi.yaml`,
      url.replace('127.0.0.1', 'localhost'),
      'http://169.254.169.254/',
      'file:///etc/passwd',
      'http://[::1]/',
      'nothing',
    ])
      assert.ok('refused' in (await guarded.fetch(address)), address)
    assert.equal(asked, earlier)
  })

  test('an upstream lives that answers, whatever it says', async (t) => {
    const prober = createProber(500)
    t.after(() => prober.close())
    assert.equal(await prober.probe([`${url}/moved`]), undefined)
    assert.match((await prober.probe(['http://127.0.0.1:1'])) ?? '', /127\.0\.0\.1:1: ECONNREFUSED/)
    assert.match((await prober.probe([`${url}/silent`])) ?? '', /no answer in time/)
  })
})
