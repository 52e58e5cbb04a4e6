import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiSpeech, type RawEvent } from '@faregate/wire'
import { jsonCall, read, refused } from './support.ts'

const ASK = { model: 'tts-1', input: 'Grüße, 世界 🌍', voice: 'alloy' }

function event(data: Record<string, unknown>): RawEvent {
  return { raw: Buffer.alloc(0), data: JSON.stringify(data), event: undefined }
}

test('U7: speech is bound by its characters, as Unicode counts them, and by what it can be long', () => {
  const request = read(openaiSpeech, jsonCall(ASK))
  assert.deepEqual(request.units, { character: 11 })
  assert.deepEqual(request.pricedBy, ['character', 'output', 'audioOut'])
  assert.equal(request.canCause.audioOut, true)
  // Measured: 877 tokens of text, 4,096 characters, are about 5,300 tokens of audio.
  const long = read(openaiSpeech, jsonCall({ ...ASK, input: 'x'.repeat(4_096) }))
  assert.ok((long.outputLimit ?? 0) > 5_300 && (long.outputLimit ?? 0) < 4 * 5_300)
  const slow = read(openaiSpeech, jsonCall({ ...ASK, input: 'x'.repeat(4_096), speed: 0.25 }))
  assert.ok((slow.outputLimit ?? 0) > 4 * 5_300)
})

test('speech as events is a stream; anything else is bytes', () => {
  assert.equal(read(openaiSpeech, jsonCall({ ...ASK, stream_format: 'sse' })).stream, true)
  assert.equal(read(openaiSpeech, jsonCall({ ...ASK, stream_format: 'audio' })).stream, false)
  for (const type of ['audio/mpeg', 'audio/wav', 'application/octet-stream']) assert.match(type, openaiSpeech.bytes ?? /$./)
  assert.doesNotMatch('application/json', openaiSpeech.bytes ?? /$./)
  assert.equal(refused(openaiSpeech, jsonCall({ ...ASK, stream_format: 'mp3' })).pointer, '/stream_format')
  assert.equal(refused(openaiSpeech, jsonCall({ model: 'tts-1', input: '' })).pointer, '/input')
})

test('U3: the stream tells audio in pieces, and at its end what it used', () => {
  const reader = openaiSpeech.streamReader(1)
  assert.equal(reader.read(event({ type: 'speech.audio.delta', audio: 'AAAAAAAA' })).made, 6)
  const last = reader.read(event({ type: 'speech.audio.done', usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 } }))
  assert.deepEqual([last.kind, last.usage], ['done', { ok: true, buckets: { input: 14, audioOut: 101 } }])
  const silent = openaiSpeech.streamReader(1).read(event({ type: 'speech.audio.done' }))
  assert.deepEqual(silent.usage, { ok: false, reason: 'missing' })
})

test('M21: of speech that was cut, so many characters are owed as its bytes can hold', () => {
  const { ownCount } = read(openaiSpeech, jsonCall({ ...ASK, input: 'x'.repeat(3_000), response_format: 'pcm' }))
  assert.equal(ownCount?.(0, false).character, 0)
  assert.equal(ownCount?.(48_000 * 10, false).character, 150)
  assert.equal(ownCount?.(48_000 * 10, true).character, 3_000)
  assert.equal(ownCount?.(48_000 * 10, true).audioOut, 200)
})
