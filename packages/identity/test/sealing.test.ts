import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSealer, Unsealable } from '@faregate/identity'

const OLD = Buffer.alloc(32, 1)
const NEW = Buffer.alloc(32, 2)
const SECRET = 'sk-upstream-Schlüssel'

test('what is sealed opens under its own name, and reads nowhere in the sealed text', () => {
  const sealer = createSealer(OLD)
  const sealed = sealer.seal(SECRET, 'provider:openai')
  assert.equal(sealer.unseal(sealed, 'provider:openai'), SECRET)
  assert.ok(!sealed.includes('upstream') && !sealed.includes(Buffer.from(SECRET).toString('base64url').slice(4, 16)))
  assert.notEqual(sealer.seal(SECRET, 'provider:openai'), sealed, 'a data key and a nonce of its own each time')
})

test('a sealed text that was moved to another name does not open', () => {
  const sealer = createSealer(OLD)
  assert.throws(() => sealer.unseal(sealer.seal(SECRET, 'provider:a'), 'provider:b'), Unsealable)
})

test('any changed character is noticed, and the error tells nothing of the secret', () => {
  const sealer = createSealer(OLD)
  const sealed = sealer.seal(SECRET, 'n')
  for (let i = 0; i < sealed.length; i++) {
    // The last character of a base64url part may carry bits that are not used: every other one counts.
    if (sealed[i] === '.' || sealed[i + 1] === '.' || i === sealed.length - 1) continue
    const changed = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1)
    assert.throws(
      () => sealer.unseal(changed, 'n'),
      (error) => error instanceof Unsealable && !error.message.includes('sk-'),
      `character ${i}`,
    )
  }
})

test("no text at all, a cut text and another installation's text do not open", () => {
  const sealer = createSealer(OLD)
  const sealed = sealer.seal(SECRET, 'n')
  for (const text of [
    '',
    'v1',
    'v1..',
    sealed.slice(0, 40),
    sealed.slice(0, -30),
    `v2${sealed.slice(2)}`,
    createSealer(NEW).seal(SECRET, 'n'),
  ]) {
    assert.throws(() => sealer.unseal(text, 'n'), Unsealable, text)
  }
})

test('after a rotation the retired key still opens, and rewrapping frees from it', () => {
  const sealed = createSealer(OLD).seal(SECRET, 'n')
  const rotating = createSealer(NEW, [OLD])
  assert.equal(rotating.unseal(sealed, 'n'), SECRET)
  const rewrapped = rotating.rewrap(sealed, 'n')
  assert.equal(createSealer(NEW).unseal(rewrapped, 'n'), SECRET)
  assert.throws(() => createSealer(OLD).unseal(rewrapped, 'n'), Unsealable)
  assert.equal(rewrapped.split('.')[3], sealed.split('.')[3], 'the sealed text itself stays as it is')
})
