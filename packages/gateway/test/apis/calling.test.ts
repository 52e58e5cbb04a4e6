import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Calling } from '../../src/apis/calling.ts'
import { ResponseStore } from '../../src/apis/cache/store.ts'
import { UpstreamBook } from '../../src/apis/upstreams/book.ts'
import type { ApiTarget } from '../../src/apis/port.ts'
import type { Inbound, UpstreamSink } from '../../src/edge.ts'

const silent = {
  send: (_request: unknown, sink: UpstreamSink) => {
    setImmediate(() => sink.error({ reason: 'first_byte_timeout', limitMs: 10_000, detail: 'nothing came' }))
    return { pause: () => undefined, resume: () => undefined, abort: () => undefined }
  },
}

test('a token server that does not answer in time is told as itself, and not as the upstream or a limit of it', async () => {
  const oauth = { tokenUrl: 'https://id.example/token', clientId: 'shop', secret: 'a' }
  const api = { kind: 'http', name: 'tides', prefix: '/tides', upstream: { baseUrl: 'https://tides.example', oauth }, routes: [] } as const
  const entry = { ...api, routes: [] } as unknown as ApiTarget['api']
  const target: ApiTarget = {
    api: entry,
    upstream: new UpstreamBook(silent, { sign: () => 'none', now: Date.now }, new ResponseStore(0, Date.now)).compile(entry),
    route: { name: 'GET /', price: 0n, charges: () => true, off: false, webSocket: false, path: '/', retirement: undefined },
    rest: '/',
  }
  const inbound = { id: 'req_1', method: 'GET', path: '/tides/', query: '', headers: {}, body: Buffer.alloc(0) } as unknown as Inbound
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const found = await new Calling({ log } as unknown as ConstructorParameters<typeof Calling>[0], inbound, target).next()
  assert.ok('code' in found)
  assert.deepEqual([found.code, found.limit], ['provider_error', undefined])
  assert.equal(found.detail, 'The token server of the API "tides" did not answer with a token.')
  assert.match(String(found.operatorDetail), /first_byte_timeout: the token endpoint https:\/\/id\.example\/token: nothing came/)
})
