import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Conversation, UpstreamDialect } from '@faregate/wire'
import { createMediaFetcher, MediaRefused } from '../src/media/fetch-media.ts'
import { withInlineMedia } from '../src/media/inline.ts'
import { once } from '../src/media/once.ts'
import { isPublicAddress } from '../src/media/public-address.ts'

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=', 'base64')

let server: Server
let url = ''
let calls = 0
before(async () => {
  server = createServer((request, response) => {
    calls++
    if (request.url === '/png') return response.writeHead(200, { 'content-type': 'text/plain' }).end(PNG)
    if (request.url === '/moved') return response.writeHead(302, { location: '/png' }).end()
    if (request.url === '/page') return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>secret</p>')
    if (request.url === '/large') return response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(3_000))
    if (request.url === '/silent') return undefined
    return response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.closeAllConnections()
  server.close()
})

const here = { bytes: 1_000, milliseconds: 300, reachable: (address: string) => address === '127.0.0.1' }
const never = new AbortController().signal

async function refusal(fetching: Promise<unknown>): Promise<string> {
  return fetching.then(
    () => 'fetched',
    (error: unknown) => (error instanceof MediaRefused ? error.message : `not a refusal: ${String(error)}`),
  )
}

test('I1, I2: the bytes of a URL are fetched, and their type is what they show, not what is declared', async () => {
  assert.deepEqual(await createMediaFetcher(here)(`${url}/png`, never), { mediaType: 'image/png', data: PNG.toString('base64') })
})

const REFUSED: [what: string, path: string, why: RegExp][] = [
  ['a redirect', '/moved', /answers 302/],
  ['a page', '/page', /type "text\/html"/],
  ['what is too large', '/large', /larger than 1000 bytes/],
  ['who does not answer', '/silent', /in time/],
  ['what is not there', '/none', /answers 404/],
]
for (const [what, path, why] of REFUSED) {
  test(`I1: ${what} is refused, in words that a caller may see`, async () => {
    assert.match(await refusal(createMediaFetcher(here)(url + path, never)), why)
  })
}

test('I1: what is not on the public internet is never connected to, by address or by name', async () => {
  const guarded = createMediaFetcher()
  const earlier = calls
  const port = new URL(url).port
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', 'localhost', '169.254.169.254', '10.0.0.1']) {
    assert.match(await refusal(guarded(`http://${host}:${port}/png`, never)), /not on the public internet/, host)
  }
  for (const other of ['file:///etc/passwd', 'ftp://127.0.0.1/x', 'gopher://127.0.0.1', 'nonsense', 'http://user:pw@127.0.0.1/']) {
    assert.notEqual(await refusal(guarded(other, never)), 'fetched', other)
  }
  assert.equal(calls, earlier)
})

test('special addresses are told from public ones, in every spelling', () => {
  for (const address of ['8.8.8.8', '2606:4700::1111']) assert.equal(isPublicAddress(address), true, address)
  const special = [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:8.8.8.8',
  ]
  for (const address of [...special, '::127.0.0.1', 'fe80::1', 'fd00::1', '2002:7f00:1::', '64:ff9b::7f00:1', 'x']) {
    assert.equal(isPublicAddress(address), false, address)
  }
})

const at = '/messages/0/content/0'
const withUrl = (path: string): Conversation => ({
  stream: false,
  turns: [{ role: 'user', at: '/messages/0', parts: [{ type: 'image', source: { kind: 'url', url: url + path }, at }] }],
  others: {},
})
const inlining = { inlines: ['image'] } as unknown as UpstreamDialect

test('I1: only an upstream that fetches no URLs itself gets bytes, each URL is fetched once for a request, and what fails is named by place', async () => {
  const fetching = once(createMediaFetcher(here), { onGone: () => undefined })
  const earlier = calls
  const conversation = withUrl('/png')
  assert.equal(await withInlineMedia(conversation, {} as unknown as UpstreamDialect, fetching), conversation)
  for (let i = 0; i < 2; i++) {
    const inlined = await withInlineMedia(conversation, inlining, fetching)
    assert.ok('turns' in inlined)
    assert.deepEqual(inlined.turns[0]?.parts[0], {
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: PNG.toString('base64') },
      at,
    })
  }
  assert.equal(calls, earlier + 1)
  assert.deepEqual(await withInlineMedia(withUrl('/none'), inlining, fetching), { at, why: 'it answers 404 instead of the file' })
})
