import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fixtures } from './answers/fixtures.ts'
import { textOf as textIn } from './answers/scene.ts'
import { STREAMS, type StreamCase } from './cases/streams.ts'
import { FAULTS } from './framing/faults.ts'
import { eventsOf, hear } from './reading/heard.ts'
import { parseEventStream, parseSse } from './reading/parsers.ts'
import { startReplay, type Replay } from './server.ts'

const UNICODE = textIn(fixtures().get('unicode') ?? { parts: [], stop: 'stop', usage: { input: 0, output: 0 } }, 'text')

let replay: Replay
before(async () => {
  replay = await startReplay()
})
after(() => replay.close())

function wayOf(name: string): StreamCase {
  const way = STREAMS.find((one) => one.name === name)
  assert.ok(way !== undefined, name)
  return way
}

function ask(name: string, directives: string, stream = true): Promise<Response> {
  const way = wayOf(name)
  return fetch(`${replay.origins[way.vendor]}${way.path(stream)}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', 'x-replay': directives, ...way.headers },
    body: JSON.stringify(way.body(stream)),
  })
}

async function textOf(name: string, directives: string, stream = true): Promise<string> {
  const response = await ask(name, directives, stream)
  assert.equal(response.status, 200)
  return response.text()
}

/** Raw bytes of an answer, and how the connection ended. */
function raw(name: string, directives: string, forMs = 3000): Promise<{ bytes: string; end: 'closed' | 'reset' | 'open' }> {
  const way = wayOf(name)
  const body = JSON.stringify(way.body(true))
  const head = Object.entries({ host: 'x', 'content-length': String(Buffer.byteLength(body)), 'x-replay': directives, ...way.headers })
  const request = `POST /${way.vendor}${way.path(true)} HTTP/1.1\r\n${head.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n${body}`
  return new Promise((resolve) => {
    const socket = connect(replay.port, '127.0.0.1', () => socket.write(request))
    let bytes = ''
    const timer = setTimeout(() => finish('open'), forMs)
    const finish = (end: 'closed' | 'reset' | 'open'): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ bytes, end })
    }
    socket.on('data', (piece) => (bytes += piece.toString('latin1')))
    socket.on('end', () => finish('closed'))
    socket.on('error', () => finish('reset'))
  })
}

test('a status is answered in the vendor’s own words: 529, 503, 401, for every vendor', async () => {
  for (const { name } of STREAMS) {
    for (const status of [401, 503, 529]) {
      const response = await ask(name, `fault=${status}`)
      assert.equal(response.status, status, name)
      assert.match(response.headers.get('content-type') ?? '', /json/)
      assert.equal(typeof (await response.json()), 'object')
    }
  }
  const overloaded = (await (await ask('anthropic', 'fault=529')).json()) as { error: { type: string } }
  assert.equal(overloaded.error.type, 'overloaded_error')
})

test('429 says when to try again in each of the forms', async () => {
  const headersOf = async (form: string): Promise<Headers> => {
    const response = await ask('openai chat', `fault=429:${form}`)
    assert.equal(response.status, 429)
    return response.headers
  }
  assert.equal((await headersOf('none')).get('retry-after'), null)
  assert.equal((await headersOf('seconds')).get('retry-after'), '20')
  assert.equal((await headersOf('ms')).get('retry-after-ms'), '20000')
  assert.equal((await headersOf('openai')).get('x-ratelimit-reset-tokens'), '6m0s')
  assert.match((await headersOf('anthropic')).get('anthropic-ratelimit-requests-reset') ?? '', /^\d{4}-\d\d-\d\dT/)
  const wait = Date.parse((await headersOf('date')).get('retry-after') ?? '') - Date.now()
  assert.ok(wait > 17_000 && wait < 21_000, String(wait))
  const google = (await (await ask('gemini sse', 'fault=429:google')).json()) as { error: { details: { retryDelay: string }[] } }
  assert.equal(google.error.details[0]?.retryDelay, '20.4s')
})

test('errors that are not what they seem: 200 with an error, HTML, a wrong type, a redirect, nothing', async () => {
  assert.match(await textOf('openai chat', 'fault=200-error'), /"error":\{"code":502/)
  assert.equal((await ask('openai chat', 'fault=html')).status, 502)
  const mistyped = await ask('openai chat', 'text,fault=type')
  assert.equal(mistyped.headers.get('content-type'), 'text/html')
  assert.match(await mistyped.text(), /\[DONE\]/)
  assert.equal((await ask('openai chat', 'fault=redirect')).status, 307)
  assert.equal(await textOf('openai chat', 'fault=empty'), '')
  assert.equal((await ask('openai chat', 'fault=quota')).status, 429)
  assert.equal((await ask('anthropic', 'fault=context')).status, 400)
  assert.equal(((await (await ask('azure chat', 'fault=filter')).json()) as { error: { code: string } }).error.code, 'content_filter')
  assert.match(await textOf('gemini sse', 'fault=filter'), /promptFeedback/)
})

test('the connection is reset before the head, or after so many events', async () => {
  assert.deepEqual(await raw('openai chat', 'text,fault=reset'), { bytes: '', end: 'reset' })
  const later = await raw('openai chat', 'text,pace=5,fault=reset:3')
  assert.equal(later.end, 'reset')
  assert.equal(later.bytes.match(/data: /g)?.length, 3)
})

test('silence: no head at all, or nothing more after so many events; the connection stays open', async () => {
  assert.deepEqual(await raw('openai chat', 'text,fault=silence', 300), { bytes: '', end: 'open' })
  const later = await raw('openai chat', 'text,fault=silence:2', 300)
  assert.equal(later.end, 'open')
  assert.equal(later.bytes.match(/data: /g)?.length, 2)
})

test('cut: the connection is closed in the middle of an event, and its chunked body is not ended', async () => {
  const { bytes, end } = await raw('openai chat', 'text,fault=cut:2')
  assert.equal(end, 'closed')
  assert.equal(bytes.match(/data: /g)?.length, 3)
  assert.ok(!bytes.endsWith('0\r\n\r\n') && !bytes.includes('[DONE]'))
})

test('end: the stream ends in order, without its terminator', async () => {
  const { bytes, end } = await raw('anthropic', 'text,fault=end:3', 400)
  assert.ok(bytes.endsWith('0\r\n\r\n') && !bytes.includes('message_stop'), bytes.slice(-200))
  assert.equal(end, 'open')
})

test('error: an error inside the stream, as each vendor puts it there', async () => {
  const marks: Record<string, RegExp> = {
    'openai chat': /data: \{"error":/,
    'openai responses': /event: error/,
    anthropic: /event: error\ndata: .*overloaded_error/,
    'gemini sse': /"status":"UNAVAILABLE"/,
    'ollama chat': /\n\{"error":/,
    cohere: /"finish_reason":"ERROR"/,
  }
  for (const [name, mark] of Object.entries(marks)) assert.match(await textOf(name, 'text,fault=error:2'), mark, name)
  const response = await ask('bedrock', 'text,fault=error:2')
  const messages = parseEventStream(Buffer.from(await response.arrayBuffer()))
  assert.equal(messages.at(-1)?.headers[':exception-type'], 'modelStreamErrorException')
  assert.equal((await ask('openai chat', 'text,fault=error', false)).status, 500)
})

test('content faults: cut JSON, garbage, no usage, comments, line ends, a byte order mark, several lines, gzip', async () => {
  await assert.rejects(async () => JSON.parse(await textOf('openai chat', 'text,fault=truncated', false)) as unknown, SyntaxError)
  assert.match(await textOf('openai chat', 'text,fault=garbage:1'), /data: \{"broken\n/)
  for (const { name, dialect, framing } of STREAMS) {
    if (framing !== 'event-stream') {
      const events = eventsOf(framing, Buffer.from(await textOf(name, 'text,fault=no-usage')))
      const { usage } = hear(dialect, events)
      assert.equal((usage?.input ?? 0) + (usage?.output ?? 0), 0, name)
    }
    if (!framing.startsWith('sse')) continue
    for (const fault of ['ping', 'crlf', 'bom', 'multiline', 'gzip']) {
      const text = await textOf(name, `unicode,fault=${fault}`)
      assert.equal(hear(dialect, eventsOf(framing, Buffer.from(text))).text, UNICODE, `${name}, ${fault}`)
    }
  }
  assert.ok((await textOf('openai chat', 'text,fault=ping')).startsWith(': ping\n\n'))
  assert.match(await textOf('anthropic', 'text,fault=multiline'), /\ndata: .*\ndata: /)
  const plain = await textOf('openai chat', 'text')
  assert.deepEqual(parseSse(await textOf('openai chat', 'text,fault=crlf')).length, parseSse(plain).length)
})

test('crc: a checksum of an event stream is wrong', async () => {
  const response = await ask('bedrock', 'text,fault=crc')
  await assert.rejects(async () => parseEventStream(Buffer.from(await response.arrayBuffer())), /checksum/)
})

test('delay and pace: the head waits, and each event', async () => {
  const begun = performance.now()
  const response = await ask('openai chat', 'text,delay=150,pace=20')
  assert.ok(performance.now() - begun >= 145)
  await response.text()
  assert.ok(performance.now() - begun >= 150 + 8 * 15)
})

test('a client that leaves is noted, and nothing more is written to it', async () => {
  const left = new AbortController()
  const way = wayOf('openai chat')
  const asked = fetch(`${replay.origins.openai}${way.path(true)}`, {
    method: 'POST',
    signal: left.signal,
    headers: { ...way.headers, 'x-replay': 'long,pace=20' },
    body: JSON.stringify(way.body(true)),
  })
  const response = await asked
  assert.equal(response.status, 200)
  left.abort()
  await response.text().catch(() => undefined)
  await pause(60)
  assert.equal(replay.requests.at(-1)?.abandoned, true)
})

test('a fault or an answer that does not exist is said to be so', async () => {
  for (const directives of ['fault=flood', 'no-such-answer']) {
    const response = await ask('openai chat', directives)
    assert.equal(response.status, 501)
    assert.match(await response.text(), /there are|fixtures/)
  }
})

test('every fault has a name of its own and says what it does', () => {
  assert.equal(new Set(FAULTS.map(({ name }) => name)).size, FAULTS.length)
  for (const { name, about } of FAULTS) assert.ok(about.length > 10, name)
})
