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

const json =
  (value: unknown, status = 200): Behaviour =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const events = (...list: { type: string; [member: string]: unknown }[]): string =>
  list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

const GENERATE = { path: '/v1/images/generations' }
const ASK = { model: 'm', prompt: 'an otter', size: '1024x1024', quality: 'low' }
const BY_IMAGE = { image: '40000' }
const BY_TOKEN = { input: '5', imageIn: '10', output: '40' }
const USAGE = { input_tokens: 12, output_tokens: 272, total_tokens: 284, input_tokens_details: { text_tokens: 12, image_tokens: 0 } }

const PARTIAL = { type: 'image_generation.partial_image', b64_json: 'AAAA', partial_image_index: 0 }
const COMPLETED = { type: 'image_generation.completed', b64_json: 'BBBB', usage: USAGE }

test('U7: images are charged by the image, and the tokens beside them are not missed', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_IMAGE })
  upstream.behave(json({ created: 1, data: [{ b64_json: 'A' }, { b64_json: 'B' }], usage: USAGE }))
  const record = recorded()
  const response = await post({ ...ASK, n: 2 }, GENERATE)
  assert.equal(response.headers.get('faregate-cost'), '0.08')
  assert.equal(upstream.calls[0]?.path, '/v1/images/generations')
  const { flags, estimated, attempts } = await record
  assert.deepEqual([flags, estimated], [[], false])
  assert.deepEqual(attempts[0]?.buckets, { input: 12, imageOut: 272, imageIn: 0, image: 2 })
  assert.equal(wallet().posted, 80_000_000n)
})

test('U7: images of models that are billed by tokens cost their tokens', async () => {
  const { upstream, post, wallet } = await open({ price: BY_TOKEN })
  upstream.behave(json({ created: 1, data: [{ b64_json: 'A' }], usage: USAGE }))
  assert.equal((await post(ASK, GENERATE)).status, 200)
  assert.equal(wallet().posted, 12n * 5_000n + 272n * 40_000n)
})

test('M22: a price by tokens, but no tokens told: what such an image takes is charged, at most the hold, and flagged', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_TOKEN })
  upstream.behave(json({ created: 1, data: [{ url: 'https://example.com/a.png' }] }))
  const record = recorded()
  assert.equal((await post(ASK, GENERATE)).status, 200)
  const { estimated, flags } = await record
  assert.deepEqual([estimated, flags], [true, ['usage_missing']])
  assert.ok(wallet().posted > 272n * 40_000n)
})

test('M11: the hold covers every image at its dearest; what is not affordable is refused, and so is what has no price', async () => {
  const { post, upstream } = await open({ grant: '0.10', price: BY_IMAGE })
  upstream.behave(json({ created: 1, data: [{ b64_json: 'A' }] }))
  assert.equal((await post({ ...ASK, n: 2 }, GENERATE)).status, 200)
  const refused = await post({ ...ASK, n: 3 }, GENERATE)
  assert.deepEqual([refused.status, (await problemOf(refused)).code], [402, 'insufficient_balance'])
  await world.close()
  await open({ price: { input: '1' } })
  assert.equal((await problemOf(await world.post(ASK, GENERATE))).code, 'price_missing')
})

test('M16: an image that is too large to collect is forwarded, and charged by the usage at its end', async () => {
  const { upstream, post, wallet } = await open({ price: { ...BY_TOKEN, image: '1000' } })
  const answer = { created: 1, data: [{ b64_json: 'A'.repeat(1_500_000) }], usage: USAGE }
  upstream.behave(json(answer))
  assert.deepEqual(await (await post(ASK, GENERATE)).json(), answer)
  assert.equal(wallet().posted, 12n * 5_000n + 272n * 40_000n + 1_000_000n)
})

test('a stream of images passes through; its last event waits for the settle, and tells what is charged', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_TOKEN })
  const stream = events(PARTIAL, COMPLETED)
  upstream.behave((response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream))
  const record = recorded()
  const response = await post({ ...ASK, stream: true, partial_images: 1 }, GENERATE)
  assert.equal(await response.text(), stream)
  assert.equal(wallet().posted, 12n * 5_000n + 272n * 40_000n)
  const { outcome, stream: streamed, estimated } = await record
  assert.deepEqual([outcome, streamed, estimated], ['served', true, false])
})

test('a model that has no streams answers whole, and that is covered as well', async () => {
  const { upstream, post } = await open({ price: BY_IMAGE })
  upstream.behave(json({ created: 1, data: [{ b64_json: 'A' }] }))
  const response = await post({ ...ASK, stream: true }, GENERATE)
  assert.deepEqual([response.status, response.headers.get('faregate-cost')], [200, '0.04'])
})

test('M20: a stream of images that breaks off before the image is whole is void, and ends in an error', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_IMAGE })
  upstream.behave((response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events(PARTIAL)))
  const record = recorded()
  const text = await (await post({ ...ASK, stream: true }, GENERATE)).text()
  assert.match(text, /event: error\ndata: \{"type":"error","error":\{.*"code":"provider_error"/)
  assert.deepEqual([(await record).cost, wallet().posted, wallet().held], [0n, 0n, 0n])
})

test('M21: who goes away with a partial image has to pay for it', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: BY_IMAGE })
  upstream.behave((response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events(PARTIAL)))
  const record = recorded()
  const gone = new AbortController()
  const response = await post({ ...ASK, stream: true }, { ...GENERATE, signal: gone.signal })
  await response.body?.getReader().read()
  gone.abort()
  const { outcome, estimated, cost } = await record
  assert.deepEqual([outcome, estimated, cost, wallet().held], ['aborted', true, 40_000_000n, 0n])
})

function editForm(model: string): FormData {
  const form = new FormData()
  form.append('model', model)
  form.append('prompt', 'Add a hat')
  form.append('quality', 'low')
  form.append('size', '1024x1024')
  form.append('image[]', new Blob([Buffer.alloc(2_000, 0xfe)], { type: 'image/png' }), 'otter.png')
  return form
}

test('I4: an edit goes on as the form that it is: boundary and bytes, another name of the model alone', async () => {
  const { upstream, post, wallet } = await open({ price: BY_TOKEN })
  const usage = { ...USAGE, input_tokens: 212, input_tokens_details: { text_tokens: 12, image_tokens: 200 } }
  upstream.behave(json({ created: 1, data: [{ b64_json: 'A' }], usage }))
  const response = await post(editForm('m'), { path: '/v1/images/edits' })
  assert.equal(response.status, 200, await response.text())
  const [call] = upstream.calls
  assert.equal(call?.path, '/v1/images/edits')
  assert.match(String(call?.headers['content-type']), /^multipart\/form-data; boundary=/)
  const sent = await new Response(call?.body, { headers: { 'content-type': String(call?.headers['content-type']) } }).formData()
  assert.equal(sent.get('model'), 'up-model')
  assert.deepEqual(Buffer.from(await (sent.get('image[]') as File).arrayBuffer()), Buffer.alloc(2_000, 0xfe))
  assert.equal(wallet().posted, 12n * 5_000n + 200n * 10_000n + 272n * 40_000n)
})
