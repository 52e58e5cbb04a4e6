import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Behaviour } from '../support/upstream.ts'
import { openWorld, problemOf, type World, type WorldOptions } from '../support/world.ts'

let world: World
const open = async (options: WorldOptions = {}): Promise<World> => {
  world = await openWorld({ grant: '10', ...options })
  return world
}
afterEach(() => world.close())

const answer =
  (body: string | Buffer, type = 'application/json', status = 200): Behaviour =>
  (response) =>
    void response.writeHead(status, { 'content-type': type }).end(body)

const events = (...list: { type: string; [member: string]: unknown }[]): string =>
  list.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

const SPEECH = { path: '/v1/audio/speech' }
const SAY = { model: 'm', input: 'x'.repeat(1_000), voice: 'alloy' }
/** 15 dollars for a million characters. */
const BY_CHARACTER = { character: '15' }

test('I4: speech passes through as it comes, and costs its characters, exactly', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_CHARACTER })
  const audio = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  upstream.behave(answer(audio, 'audio/mpeg'))
  const record = recorded()
  const response = await post(SAY, SPEECH)
  assert.equal(response.headers.get('content-type'), 'audio/mpeg')
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), audio)
  const { estimated, flags, attempts } = await record
  assert.deepEqual([estimated, flags, attempts[0]?.buckets], [false, [], { character: 1_000 }])
  assert.equal(wallet().posted, 15_000_000n)
  assert.equal(wallet().held, 0n)
})

test('I4: the first piece of speech is on its way before the last is made', async () => {
  const { upstream, post } = await open({ price: BY_CHARACTER })
  const finish = Promise.withResolvers<void>()
  upstream.behave(async (response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' }).write(Buffer.alloc(1_000, 1))
    await finish.promise
    response.end(Buffer.alloc(10, 2))
  })
  const reader = (await post(SAY, SPEECH)).body?.getReader()
  const first = (await reader?.read())?.value as Uint8Array | undefined
  assert.ok((first?.length ?? 0) >= 900)
  finish.resolve()
  let rest = 0
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) rest += (piece.value as Uint8Array).length
  assert.equal((first?.length ?? 0) + rest, 1_010)
})

test('M16: the last bytes of speech wait for the settle; if that is not durable the answer does not end', async () => {
  const { upstream, post, breakLedger } = await open({ price: BY_CHARACTER })
  let mend = (): void => {}
  upstream.behave((response) => {
    mend = breakLedger()
    response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(Buffer.alloc(5_000, 1))
  })
  await assert.rejects(async () => (await post(SAY, SPEECH)).arrayBuffer())
  mend()
})

test('M20: speech that the upstream breaks off is charged for what was delivered of it', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_CHARACTER })
  upstream.behave((response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' })
    // Ten seconds of the usual bit rate: 150 characters.
    response.write(Buffer.alloc(160_064), () => setTimeout(() => response.destroy(), 50))
  })
  const record = recorded()
  await assert.rejects((await post(SAY, SPEECH)).arrayBuffer())
  const { outcome, estimated } = await record
  assert.deepEqual([outcome, estimated], ['partial', true])
  assert.equal(wallet().posted, 150n * 15_000n)
})

test('speech that is no speech is a failure: an error under a success status, or a web page', async () => {
  const { upstream, post, wallet } = await open({ price: BY_CHARACTER })
  for (const [body, type] of [
    ['{"error":{"message":"no"}}', 'application/json'],
    ['<html>', 'text/html'],
  ] as const) {
    upstream.behave(answer(body, type))
    assert.equal((await post(SAY, SPEECH)).status, 502)
  }
  assert.deepEqual([wallet().posted, wallet().held], [0n, 0n])
})

test('U7: speech as events tells its tokens, and is charged by them', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: { input: '0.6', audioOut: '12' } })
  const stream = events(
    { type: 'speech.audio.delta', audio: 'AAAA' },
    { type: 'speech.audio.done', usage: { input_tokens: 20, output_tokens: 300, total_tokens: 320 } },
  )
  upstream.behave(answer(stream, 'text/event-stream'))
  const record = recorded()
  assert.equal(await (await post({ ...SAY, stream_format: 'sse' }, SPEECH)).text(), stream)
  assert.equal((await record).estimated, false)
  assert.equal(wallet().posted, 20n * 600n + 300n * 12_000n)
})

test('insufficient_balance, price_missing: speech is held by what it can cost, and needs a price', async () => {
  const { post, upstream } = await open({ grant: '0.01', price: BY_CHARACTER })
  assert.equal((await problemOf(await post(SAY, SPEECH))).code, 'insufficient_balance')
  assert.equal(upstream.calls.length, 0)
  await world.close()
  await open({ price: { input: '1' } })
  assert.equal((await problemOf(await world.post(SAY, SPEECH))).code, 'price_missing')
})

/** Sixteen-bit samples at 16 kHz. */
function wav(seconds: number): Blob {
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    head.writeUInt16LE(value, at)
  head.writeUInt32LE(16_000, 24)
  head.writeUInt32LE(32_000, 28)
  head.write('data', 36)
  head.writeUInt32LE(seconds * 32_000, 40)
  return new Blob([head, Buffer.alloc(seconds * 32_000)], { type: 'audio/wav' })
}

function form(more: Record<string, string> = {}, seconds = 20): FormData {
  const fields = new FormData()
  fields.append('file', wav(seconds), 'speech.wav')
  for (const [name, value] of Object.entries({ model: 'm', ...more })) fields.append(name, value)
  return fields
}

const TRANSCRIBE = { path: '/v1/audio/transcriptions' }
/** 100 dollars for a million seconds: 0.006 a minute. */
const BY_SECOND = { second: '100' }

test('U7: a transcript costs the seconds that its vendor tells', async () => {
  const { upstream, post, wallet } = await open({ price: BY_SECOND })
  upstream.behave(answer('{"text":"Hi","usage":{"type":"duration","seconds":19.2}}'))
  const response = await post(form(), TRANSCRIBE)
  assert.deepEqual([response.status, await response.text()], [200, '{"text":"Hi","usage":{"type":"duration","seconds":19.2}}'])
  assert.equal(wallet().posted, 20n * 100_000n)
  assert.match(upstream.calls[0]?.body.toString('latin1') ?? '', /name="model"\r\n\r\nup-model\r\n/)
})

test('U7: a transcript as text tells no usage: the audio is measured, by the very samples', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_SECOND })
  upstream.behave(answer('Hi there\n', 'text/plain; charset=utf-8'))
  const record = recorded()
  const response = await post(form({ response_format: 'text' }), TRANSCRIBE)
  assert.deepEqual([await response.text(), response.headers.get('content-type')], ['Hi there\n', 'text/plain; charset=utf-8'])
  assert.deepEqual([(await record).estimated, wallet().posted], [true, 20n * 100_000n])
})

test('U7: a transcript of a model that is billed by tokens costs those of audio and of text', async () => {
  const { upstream, post, wallet } = await open({ price: { input: '2.5', audioIn: '6', output: '10' } })
  upstream.behave(
    answer(
      '{"text":"Hi","usage":{"type":"tokens","input_tokens":204,"output_tokens":3,"total_tokens":207,"input_token_details":{"text_tokens":4,"audio_tokens":200}}}',
    ),
  )
  assert.equal((await post(form(), TRANSCRIBE)).status, 200)
  assert.equal(wallet().posted, 4n * 2_500n + 200n * 6_000n + 3n * 10_000n)
})

test('M22: seconds beyond what the audio can hold are absurd: it is measured instead', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_SECOND })
  upstream.behave(answer('{"text":"Hi","usage":{"type":"duration","seconds":100000}}'))
  const record = recorded()
  await post(form(), TRANSCRIBE)
  assert.deepEqual([(await record).flags, wallet().posted], [['usage_absurd'], 20n * 100_000n])
})

test('a transcript can be a stream, whole where the model has none, and is charged alike', async () => {
  const { upstream, post, wallet } = await open({ price: { input: '1', output: '1' } })
  const usage = { type: 'tokens', input_tokens: 200, output_tokens: 4, total_tokens: 204 }
  const stream = events({ type: 'transcript.text.delta', delta: 'Hi there' }, { type: 'transcript.text.done', text: 'Hi there', usage })
  upstream.behave(answer(stream, 'text/event-stream'))
  assert.equal(await (await post(form({ stream: 'true' }), TRANSCRIBE)).text(), stream)
  assert.equal(wallet().posted, 204n * 1_000n)
  upstream.behave(answer(JSON.stringify({ text: 'Hi there', usage })))
  assert.equal((await post(form({ stream: 'true' }), TRANSCRIBE)).status, 200)
  assert.equal(wallet().posted, 408n * 1_000n)
})

test('a translation goes its own way; what is no form, or has no audio, is refused with its place', async () => {
  const { upstream, post } = await open({ price: BY_SECOND })
  upstream.behave(answer('{"text":"Hi"}'))
  assert.equal((await post(form(), { path: '/v1/audio/translations' })).status, 200)
  assert.equal(upstream.calls[0]?.path, '/v1/audio/translations')
  const refused = await problemOf(await post({ model: 'm' }, TRANSCRIBE))
  assert.deepEqual([refused.code, refused.status], ['request_invalid', 400])
  assert.match(String(refused['detail']), /multipart\/form-data/)
})

test('explain says what a transcript may cost, of the very form', async () => {
  const { post, upstream } = await open({ price: BY_SECOND })
  const explained = (await (await post(form({ path: '/v1/audio/transcriptions' }), { path: '/v1/explain' })).json()) as {
    hold: string
    verdict: string
  }
  assert.deepEqual([explained.hold, explained.verdict, upstream.calls.length], ['0.002', 'allow', 0])
})

test('insufficient_balance: audio is held by its length, before anybody hears it', async () => {
  const { post, upstream } = await open({ grant: '0.001', price: BY_SECOND })
  const refused = await post(form({}, 60), TRANSCRIBE)
  assert.deepEqual([refused.status, upstream.calls.length], [402, 0])
  upstream.behave(answer('{"text":"Hi"}'))
  assert.equal((await post(form({}, 5), TRANSCRIBE)).status, 200)
})
