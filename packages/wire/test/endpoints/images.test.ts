import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiImageEdits, openaiImages, type RawEvent } from '@faregate/wire'
import { formCall, jsonCall, read, refused, type Field } from './support.ts'

const ASK = { model: 'gpt-image-1', prompt: 'A baby sea otter' }

test('U7: images are bound each, and by the tokens that size and quality can take', () => {
  const tokens: [size: string, quality: string, atLeast: number][] = [
    ['1024x1024', 'low', 272],
    ['1024x1536', 'low', 408],
    ['1024x1024', 'medium', 1_056],
    ['1536x1024', 'medium', 1_584],
    ['1024x1024', 'high', 7_024],
    ['1024x1536', 'high', 6_240],
    ['3840x2160', 'high', 13_342],
    ['auto', 'auto', 6_240],
  ]
  for (const [size, quality, atLeast] of tokens) {
    const { outputLimit, units, n } = read(openaiImages, jsonCall({ ...ASK, size, quality, n: 3 }))
    assert.ok((outputLimit ?? 0) >= atLeast, `${size} ${quality}: ${outputLimit}`)
    assert.ok((outputLimit ?? 0) < atLeast * 2 + 4_000, `${size} ${quality}: ${outputLimit} is far too much`)
    assert.deepEqual([units, n], [{ image: 3 }, 3])
  }
  const { outputLimit: plain } = read(openaiImages, jsonCall(ASK))
  const { outputLimit: partial } = read(openaiImages, jsonCall({ ...ASK, stream: true, partial_images: 2 }))
  assert.equal((partial ?? 0) - (plain ?? 0), 200)
})

test('what is wrong with a request for images is said with its place', () => {
  const wrong: [body: Record<string, unknown>, pointer: string][] = [
    [{ prompt: 'x' }, '/model'],
    [{ ...ASK, prompt: '' }, '/prompt'],
    [{ ...ASK, n: 0 }, '/n'],
    [{ ...ASK, n: '2x' }, '/n'],
    [{ ...ASK, partial_images: 9 }, '/partial_images'],
    [{ ...ASK, output_format: 'svg' }, '/output_format'],
    [{ ...ASK, Quality: 'high' }, '/Quality'],
  ]
  for (const [body, pointer] of wrong) assert.equal(refused(openaiImages, jsonCall(body)).pointer, pointer)
})

test('I4: an edit is a form whose images are counted; its model alone changes', () => {
  const image = Buffer.alloc(1_000, 7)
  const fields = (model: string): Field[] => [
    ['model', model],
    ['prompt', 'Add a hat'],
    ['n', '2'],
    ['image[]', image, 'a.png'],
    ['image[]', image, 'b.png'],
    ['mask', image, 'm.png'],
    ['quality', 'low'],
    ['size', '1024x1024'],
    ['stream', 'true'],
  ]
  const request = read(openaiImageEdits, formCall(fields('alias')))
  assert.deepEqual([request.model, request.n, request.stream, request.units], ['alias', 2, true, { image: 2 }])
  assert.equal(request.canCause.imageIn, true)
  assert.ok(request.inputBound > 3 * 8_000)
  assert.match(request.contentType ?? '', /boundary=xYzZY/)
  assert.deepEqual(request.upstreamBody({ model: 'gpt-image-1', injectUsage: false }), formCall(fields('gpt-image-1')).body)
})

test('an edit may refer to its images in JSON; without any it is refused', () => {
  const request = read(openaiImageEdits, jsonCall({ ...ASK, images: [{ file_id: 'file-1' }] }))
  assert.equal(request.contentType, undefined)
  assert.equal(refused(openaiImageEdits, jsonCall({ ...ASK, images: [] })).pointer, '/images')
  assert.equal(
    refused(
      openaiImageEdits,
      formCall([
        ['model', 'm'],
        ['prompt', 'x'],
      ]),
    ).pointer,
    '/image',
  )
})

test('U7: usage of images: tokens where they are told, the images themselves in any case', () => {
  const usage = (answer: unknown): unknown => openaiImages.readAnswer(Buffer.from(JSON.stringify(answer)))?.usage
  const data = [{ b64_json: 'AAAA' }, { b64_json: 'BBBB' }]
  const told = { input_tokens: 50, output_tokens: 8_320, total_tokens: 8_370, input_tokens_details: { text_tokens: 10, image_tokens: 40 } }
  assert.deepEqual(usage({ created: 1, data, usage: told }), { ok: true, buckets: { input: 10, imageIn: 40, imageOut: 8_320, image: 2 } })
  const planned = { ...told, output_tokens_details: { text_tokens: 320, image_tokens: 8_000 } }
  const split = { input: 10, imageIn: 40, imageOut: 8_000, output: 320, image: 2 }
  assert.deepEqual(usage({ data, usage: planned }), { ok: true, buckets: split })
  assert.deepEqual(usage({ created: 1, data }), { ok: true, buckets: { image: 2 } })
  assert.deepEqual(usage({ data, usage: { cost_in_usd_ticks: 5 } }), { ok: true, buckets: { image: 2 } })
  assert.equal((usage({ data, usage: { ...told, output_tokens: -1 } }) as { reason: string }).reason, 'negative')
  assert.equal((usage({ data, usage: { ...told, input_tokens: 30 } }) as { reason: string }).reason, 'contradictory')
  assert.equal(openaiImages.readAnswer(Buffer.from('{"error":{"message":"no"}}')), undefined)
})

function event(data: Record<string, unknown>): RawEvent {
  return { raw: Buffer.alloc(0), data: JSON.stringify(data), event: undefined }
}

test('U3: a stream of images ends with the last that was asked for, and tells the usage of all', () => {
  const reader = openaiImages.streamReader(2)
  const usage = { input_tokens: 10, output_tokens: 100, total_tokens: 110, input_tokens_details: { text_tokens: 10, image_tokens: 0 } }
  const partial = reader.read(event({ type: 'image_generation.partial_image', b64_json: 'AA', partial_image_index: 0 }))
  assert.deepEqual([partial.kind, partial.made, partial.finished], ['delta', 1, false])
  const first = reader.read(event({ type: 'image_generation.completed', b64_json: 'AA', usage }))
  assert.deepEqual([first.kind, first.finished], ['delta', false])
  const last = reader.read(event({ type: 'image_generation.completed', b64_json: 'AA', usage }))
  assert.deepEqual([last.kind, last.finished], ['done', true])
  assert.deepEqual(last.usage, { ok: true, buckets: { input: 20, imageIn: 0, imageOut: 200, image: 2 } })
  assert.equal(reader.read(event({ type: 'error', error: { message: 'no' } })).kind, 'error')
})

test('M21: of images that were begun so many are owed as were made, at most those that were asked for', () => {
  const { ownCount } = read(openaiImages, jsonCall({ ...ASK, n: 2, size: '1024x1024', quality: 'medium' }))
  assert.equal(ownCount?.(1, false).image, 1)
  assert.equal(ownCount?.(5, false).image, 2)
  assert.equal(ownCount?.(0, true).image, 2)
})
