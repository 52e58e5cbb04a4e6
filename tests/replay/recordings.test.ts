import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Recording } from './answers/recordings.ts'
import { STREAMS, type StreamCase } from './cases/streams.ts'
import { eventsOf, hear } from './reading/heard.ts'
import { startReplay, type Replay } from './server.ts'
import type { JsonObject } from './types.ts'

const folder = process.env['FAREGATE_RECORDED']
const skip = folder !== undefined && existsSync(folder) ? false : 'FAREGATE_RECORDED names no folder: no recording is served'
if (skip !== false) process.stderr.write(`SKIPPED: ${skip}\n`)

let replay: Replay
before(async () => {
  replay = await startReplay()
})
after(() => replay.close())

/** Somewhere that speaks the recording's dialect. */
function wayFor(recording: Recording): StreamCase {
  const way = STREAMS.find(({ dialect, name }) => dialect === recording.dialect && name !== 'openai chat') ?? STREAMS[0]
  assert.ok(way !== undefined)
  return way
}

async function serve(
  recording: Recording,
  directives = '',
  way = wayFor(recording),
): Promise<{ way: StreamCase; status: number; bytes: Buffer }> {
  const response = await fetch(`${replay.origins[way.vendor]}${way.path(recording.stream)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-replay': `${recording.name}${directives}`, ...way.headers },
    body: JSON.stringify(way.body(recording.stream)),
  })
  return { way, status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}

test('every recording is found, and most are of a chat', { skip }, () => {
  assert.ok(replay.recordings.length > 150, `${replay.recordings.length} recordings`)
  assert.ok(replay.recordings.filter(({ dialect }) => dialect !== undefined).length > 140)
})

test('every recorded stream is served framed as its vendor frames, event for event', { skip }, async () => {
  const streams = replay.recordings.filter(({ stream }) => stream)
  assert.ok(streams.length > 70, `${streams.length} streams`)
  for (const recording of streams) {
    const { way, status, bytes } = await serve(recording)
    assert.equal(status, 200, recording.name)
    assert.deepEqual(
      eventsOf(way.framing, bytes),
      (recording.answer.events ?? []).map((event) => JSON.parse(event) as unknown),
      recording.name,
    )
  }
})

test('every recorded whole answer is served byte for byte, errors with their status', { skip }, async () => {
  for (const recording of replay.recordings.filter(({ stream }) => !stream)) {
    const { status, bytes } = await serve(recording)
    const { body } = recording.answer
    assert.equal(bytes.toString('utf8'), body, recording.name)
    assert.equal(status, recording.answer.status ?? 200, recording.name)
  }
  const errors = replay.recordings.filter(({ answer }) => (answer.status ?? 200) >= 400).map(({ answer }) => answer.status)
  assert.ok(errors.includes(429) && errors.includes(400))
})

test('a recording says the same in pieces of seven bytes', { skip }, async () => {
  for (const name of ['anthropic:anthropic-text', 'google:google-text', 'cohere:cohere-text', 'amazon-bedrock:amazon-bedrock-text']) {
    const recording = replay.recordings.find((one) => one.name === name && one.stream)
    assert.ok(recording?.dialect !== undefined, name)
    const whole = await serve(recording)
    const pieces = await serve(recording, ',split=7')
    assert.deepEqual(pieces.bytes, whole.bytes, name)
    assert.notEqual(hear(recording.dialect, eventsOf(whole.way.framing, whole.bytes)).text, '', name)
  }
})

/** Every path of members in a JSON value; elements of lists are one. */
function pathsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one): string[] => pathsOf(one, `${at}[]`))
  if (typeof value !== 'object' || value === null) return [at]
  return Object.entries(value).flatMap(([name, one]) => (FREE.test(`${at}.${name}`) ? [`${at}.${name}`] : pathsOf(one, `${at}.${name}`)))
}

/** What a caller's own tools are called with. */
const FREE = /(input|args|parameters|arguments|metadata|tools|cache_creation)$/

/** Members that our answers have and no recording: documented, but not asked for when the recordings were made. */
const UNRECORDED: Record<string, RegExp> = {
  'openai chat': /refusal|annotations|service_tier|system_fingerprint|prompt_filter_results/,
  'deepseek chat': /tool_calls/,
  'mistral chat': /tool_calls\[\]\.index|prompt_tokens_details/,
  gemini: /functionCall\.(id|args)|cachedContentTokenCount/,
  bedrock: /cache(Read|Write)InputTokens/,
}

test('our own answers have no member that no recording of the vendor has', { skip }, async () => {
  const folders: Record<string, RegExp> = {
    // OpenAI's own have no calls in chat: those are of vendors that copy it.
    'openai chat': /^openai\.chat:|^openai-compatible/,
    'deepseek chat': /^deepseek/,
    'mistral chat': /^mistral:/,
    'openai responses': /^openai\.responses:|^azure:/,
    anthropic: /^anthropic:/,
    'gemini sse': /^google:/,
    cohere: /^cohere:/,
    bedrock: /^amazon-bedrock:/,
  }
  for (const [name, recorded] of Object.entries(folders)) {
    const way = STREAMS.find((one) => one.name === name)
    assert.ok(way !== undefined, name)
    const known = new Set(
      replay.recordings
        .filter((one) => recorded.test(one.name) && one.dialect === way.dialect)
        .flatMap(({ answer }) => (answer.events ?? [answer.body as string]).flatMap((json) => pathsOf(JSON.parse(json)))),
    )
    const allowed = UNRECORDED[name] ?? UNRECORDED[name.split(' ')[0] ?? ''] ?? /^$/
    for (const fixture of ['text', 'parallel-tools', 'reasoning']) {
      for (const stream of [false, true]) {
        const served = await serve({ name: fixture, dialect: way.dialect, stream, answer: {} }, '', way)
        const events: JsonObject[] = stream
          ? eventsOf(way.framing, served.bytes)
          : [JSON.parse(served.bytes.toString('utf8')) as JsonObject]
        const strange = events.flatMap((event) => pathsOf(event)).filter((path) => !known.has(path) && !allowed.test(path))
        assert.deepEqual([...new Set(strange)], [], `${name}, ${fixture}`)
      }
    }
  }
})
