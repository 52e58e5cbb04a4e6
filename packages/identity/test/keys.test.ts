import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Random } from '@faregate/core'
import { generateKey, generateManagementToken, hashKey, lastFourOf, mint, readKey, toBase62 } from '@faregate/identity'

const random: Random = { bytes: (count) => randomBytes(count), fraction: () => 0 }

function hintOf(text: string): string {
  const reading = readKey(text)
  assert.ok(!reading.ok, 'was taken for a key')
  return reading.hint
}

test('a key has its prefix, 32 random characters and a checksum, and reads as a key', () => {
  const key = generateKey(random)
  assert.match(key, /^fg_[0-9A-Za-z]{38}$/)
  assert.deepEqual(readKey(key), { ok: true })
  assert.notEqual(generateKey(random), key)
  assert.equal(lastFourOf(key), key.slice(-4))
})

test('the same random characters always make the same key, so keys live on across releases', () => {
  assert.equal(mint('key', 'A'.repeat(32)), `fg_${'A'.repeat(32)}3kBLwq`)
})

test('random characters are unbiased: bytes beyond the last whole 62 are skipped', () => {
  assert.equal(toBase62([247, 248, 255, 0, 61, 62], 8), 'z0z0')
  assert.equal(toBase62([1, 2, 3], 2), '12')
  let asked = 0
  const stubborn: Random = { bytes: (count) => new Uint8Array(count).fill(asked++ === 0 ? 255 : 10), fraction: () => 0 }
  assert.match(generateKey(stubborn), /^fg_A{32}/)
})

test('every single mistyped character of a key is noticed without a look-up', () => {
  const key = generateKey(random)
  for (let i = 3; i < key.length; i++) {
    const wrong = key.charAt(i) === 'a' ? 'b' : 'a'
    assert.equal(readKey(key.slice(0, i) + wrong + key.slice(i + 1)).ok, false, `character ${i}`)
  }
})

test('a hint says what was presented instead of a key', () => {
  const key = generateKey(random)
  const cases: [string, RegExp][] = [
    [key.slice(0, -1), /cut off/],
    [`${key}x`, /mistyped/],
    ['sk-ant-api03-abcdefgh', /Anthropic/],
    ['sk-proj-abcdefgh', /OpenAI/],
    ['sk-or-v1-abcdefgh', /OpenRouter/],
    ['sk-abcdefgh', /OpenAI or a compatible/],
    ['AIzaSyAbcdefgh', /Google/],
    ['gsk_abcdefgh', /Groq/],
    ['xai-abcdefgh', /xAI/],
    [mint('operator', 'A'.repeat(32)), /operator's token/],
    [generateManagementToken(random), /management token/],
    ['hello', /start with "fg_"/],
    ['', /start with "fg_"/],
  ]
  for (const [text, hint] of cases) assert.match(hintOf(text), hint, text)
})

test('a hint never repeats what was presented', () => {
  const presented = [
    `${generateKey(random)}x`,
    mint('operator', 'Q7'.repeat(16)),
    'sk-ant-api03-S3cretS3cret',
    'AIzaS3cretS3cret',
    'S3cretS3cret',
  ]
  for (const text of presented) assert.ok(!hintOf(text).includes(text.slice(-8)), text)
})

test('keys are stored as an HMAC: another server secret finds nothing', () => {
  const key = mint('key', 'A'.repeat(32))
  const one = hashKey(Buffer.alloc(32, 1), key)
  assert.match(one, /^[0-9a-f]{64}$/)
  assert.equal(hashKey(Buffer.alloc(32, 1), key), one)
  assert.notEqual(hashKey(Buffer.alloc(32, 2), key), one)
})
