import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openaiTranscriptions, type RawEvent, type UsageReading } from '@faregate/wire'
import { formCall, read, refused, type Field } from './support.ts'

/** Five seconds, by their bytes at the lowest rate. */
const AUDIO = Buffer.alloc(5_000)
const ASK: Field[] = [
  ['model', 'whisper-1'],
  ['file', AUDIO, 'a.bin'],
]

function usageOf(answer: unknown): UsageReading | undefined {
  return openaiTranscriptions.readAnswer(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)))?.usage
}

function event(data: Record<string, unknown>): RawEvent {
  return { raw: Buffer.alloc(0), data: JSON.stringify(data), event: undefined }
}

test('M11: a transcription is bound by what its bytes can hold: seconds, tokens of audio, words', () => {
  const request = read(openaiTranscriptions, formCall(ASK))
  assert.deepEqual(request.units, { second: 5 })
  assert.deepEqual(request.pricedBy, ['second', 'output'])
  assert.ok(request.inputBound >= 5 * 10)
  assert.equal(request.canCause.audioIn, true)
  assert.deepEqual(request.ownCount?.(0, true), { second: 5, audioIn: 50 })
})

test('what is wrong with a transcription is said with its place', () => {
  const wrong: [fields: Field[], pointer: string][] = [
    [[['file', AUDIO, 'a.mp3']], '/model'],
    [[['model', 'm']], '/file'],
    [
      [
        ['model', 'm'],
        ['file_url', 'https://example.com/a.mp3'],
      ],
      '/file',
    ],
    [[...ASK, ['file', AUDIO, 'b.mp3']], '/file'],
    [[...ASK, ['model', 'n']], '/model'],
  ]
  for (const [fields, pointer] of wrong) assert.equal(refused(openaiTranscriptions, formCall(fields)).pointer, pointer)
})

test('U7: usage is told in tokens or in seconds; seconds are billed begun', () => {
  const tokens = {
    type: 'tokens',
    input_tokens: 34,
    output_tokens: 20,
    total_tokens: 54,
    input_token_details: { text_tokens: 4, audio_tokens: 30 },
  }
  const told: [answer: unknown, usage: UsageReading][] = [
    [
      { text: 'Hi', usage: tokens },
      { ok: true, buckets: { input: 4, audioIn: 30, output: 20 } },
    ],
    [
      { text: 'Hi', usage: { type: 'duration', seconds: 7 } },
      { ok: true, buckets: { second: 7 } },
    ],
    [
      { text: 'Hi', duration: 36.71, usage: { type: 'duration', seconds: 37 } },
      { ok: true, buckets: { second: 37 } },
    ],
    [
      { text: 'Hi', duration: 36.71 },
      { ok: true, buckets: { second: 37 } },
    ],
    [
      { text: 'Hi', duration: 2.5, usage: tokens },
      { ok: true, buckets: { second: 3, input: 4, audioIn: 30, output: 20 } },
    ],
    [{ text: 'Hi' }, { ok: false, reason: 'missing' }],
    ['Hi there', { ok: false, reason: 'missing' }],
    ['WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nHi', { ok: false, reason: 'missing' }],
    ['[Music]', { ok: false, reason: 'missing' }],
    ['', { ok: false, reason: 'missing' }],
  ]
  for (const [answer, usage] of told) assert.deepEqual(usageOf(answer), usage, JSON.stringify(answer))
  assert.equal((usageOf({ text: '', usage: { ...tokens, input_tokens: 3 } }) as { reason: string }).reason, 'contradictory')
})

test('what is no transcript is none', () => {
  for (const body of ['<!DOCTYPE html><p>', '<html>', '{"text": "cut', '{"error": {"message": "no"}}', '{}']) {
    assert.equal(openaiTranscriptions.readAnswer(Buffer.from(body)), undefined, body)
  }
})

test('U3: a streamed transcript is counted once, and ends with its usage', () => {
  const reader = openaiTranscriptions.streamReader(1)
  const texts = [
    { type: 'transcript.text.delta', delta: 'I ' },
    { type: 'transcript.text.delta', delta: 'see' },
    { type: 'transcript.text.segment', text: 'I see' },
  ].map((data) => reader.read(event(data)).text)
  assert.deepEqual(texts, ['I ', 'see', ''])
  const done = reader.read(
    event({
      type: 'transcript.text.done',
      text: 'I see',
      usage: { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 },
    }),
  )
  assert.deepEqual([done.kind, done.text, done.usage], ['done', '', { ok: true, buckets: { input: 14, output: 45 } }])
  assert.equal(openaiTranscriptions.streamReader(1).read(event({ type: 'transcript.text.segment', text: 'I see' })).text, 'I see')
})

const FOLDER = process.env['FAREGATE_RECORDED']

test(
  'U7: recorded transcripts are read as they were billed',
  { skip: FOLDER === undefined && 'FAREGATE_RECORDED names no folder of recordings' },
  () => {
    const recorded = (file: string): string => readFileSync(join(FOLDER ?? '', file), 'utf8')
    assert.deepEqual(usageOf(recorded('openai/transcription/openai-transcription.json')), { ok: true, buckets: { second: 37 } })
    assert.deepEqual(usageOf(recorded('mistral/mistral-transcription.json')), { ok: true, buckets: { second: 36, input: 13, output: 151 } })
    const { body } = JSON.parse(recorded('groq/groq-transcription-text.json')) as { body: string }
    assert.equal(openaiTranscriptions.readAnswer(Buffer.from(body))?.text(), body)
  },
)
