import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHAT_USAGE, readAnswer, UsageScanner } from '../src/index.ts'

const USAGE = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
const BUCKETS = { ok: true, buckets: { input: 3, output: 4 } }

function answer(value: unknown): ReturnType<typeof readAnswer> {
  return readAnswer(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))
}

/** The reading of a text that comes in chunks of `size` bytes. */
function scan(text: string, size = 7): unknown {
  const scanner = new UsageScanner(CHAT_USAGE)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size))
  return scanner.result()
}

test('an answer tells its usage, its text and whether there is any output', () => {
  const read = answer({
    choices: [
      { index: 0, message: { content: 'a' } },
      { index: 1, message: { content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] } },
    ],
    usage: USAGE,
  })
  assert.deepEqual([read?.usage, read?.text(), read?.hasOutput, read?.error], [BUCKETS, 'af{}', true, undefined])
  assert.equal(answer({ choices: [{ message: { content: '' } }], usage: USAGE })?.hasOutput, false)
  assert.equal(answer({ choices: [{ message: { content: null, audio: { id: 'x', data: 'A' } } }] })?.hasOutput, true)
  assert.deepEqual(answer({ choices: [{ message: { content: 'a' } }] })?.usage, { ok: false, reason: 'missing' })
})

test('M22: usage that tells of no output where there is some cannot be true', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 }
  assert.equal(answer({ choices: [{ message: { content: 'a' } }], usage })?.usage.ok, false)
  assert.equal(answer({ choices: [{ message: { content: '' } }], usage })?.usage.ok, true)
})

test('a large answer is whole when its one object has ended, wherever it is cut', () => {
  const text = JSON.stringify({ a: '}"', b: [{ c: 1 }], usage: USAGE })
  for (let at = 0; at <= text.length; at++) {
    const scanner = new UsageScanner(CHAT_USAGE)
    scanner.push(Buffer.from(text.slice(0, at)))
    assert.equal(scanner.whole, at === text.length, text.slice(0, at))
  }
})

test('what is no chat completion is none: HTML, truncated JSON, an error under 200', () => {
  for (const text of [
    '<html>',
    '{"choices":[{"message":{"content":"a"',
    '',
    '[]',
    'null',
    '{}',
    '{"error":{"message":"x"}}',
    '{"choices":[],"error":{"message":"x"}}',
    '{"object":"list"}',
  ]) {
    assert.equal(answer(text), undefined, text)
  }
})

test('an error beside choices is told', () => {
  const read = answer({ choices: [{ message: { content: '' }, finish_reason: 'error', error: { message: 'x' } }] })
  assert.deepEqual([read?.error, read?.hasOutput], [{ message: 'x' }, false])
})

test('U6: the scanner finds the top-level usage wherever it stands, in any cut', () => {
  const texts = [
    JSON.stringify({ usage: USAGE, choices: [] }),
    JSON.stringify(
      {
        choices: [{ message: { content: '"usage":{"prompt_tokens":9} \\" {', usage: { prompt_tokens: 1, completion_tokens: 1 } } }],
        usage: USAGE,
      },
      null,
      2,
    ),
    `{"usage":null,"us\\u0061ge" : ${JSON.stringify(USAGE)} }`,
    `{"n":1,"a":[{"usage":5}],"usage":${JSON.stringify(USAGE)},"z":"usage"}`,
  ]
  for (const text of texts) {
    for (let size = 1; size <= text.length; size++) assert.deepEqual(scan(text, size), BUCKETS, `${size}: ${text}`)
  }
})

test('the scanner says missing where there is none, and keeps nothing of what passes', () => {
  assert.deepEqual(scan('{"choices":[]}'), { ok: false, reason: 'missing' })
  assert.deepEqual(scan('<html>"usage":{}'), { ok: false, reason: 'missing' })
  assert.deepEqual(scan('["usage",{"usage":1}]'), { ok: false, reason: 'missing' })
  assert.deepEqual(scan(`{"usage":{"x":"${'a'.repeat(20_000)}","prompt_tokens":1,"completion_tokens":1}}`), {
    ok: false,
    reason: 'missing',
  })
  const scanner = new UsageScanner(CHAT_USAGE)
  scanner.push(Buffer.from('{"a":"'))
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 64; i++) scanner.push(Buffer.alloc(64 * 1024, 'ab\\n'))
  scanner.push(Buffer.from(`","usage":${JSON.stringify(USAGE)}}`))
  assert.deepEqual(scanner.result(), BUCKETS)
  assert.ok(process.memoryUsage().arrayBuffers - before < 32 * 1024 * 1024)
})
