import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { constantTimeEqual, deriveSecrets, loadRootSecret, SecretUnreadable, writeOperatorToken } from '@faregate/identity'
import { isWellFormed } from '../src/key-format.ts'

const run = promisify(execFile)

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'faregate-secrets-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('the first run makes a root secret of 32 bytes for the owner alone, and later runs read it', (t) => {
  const dir = join(directory(t), 'data')
  const root = loadRootSecret(dir, undefined)
  assert.equal(root.length, 32)
  assert.equal(statSync(join(dir, 'secrets.json')).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(dir), ['secrets.json'], 'no draft is left')
  assert.deepEqual(loadRootSecret(dir, undefined), root)
  assert.notDeepEqual(loadRootSecret(join(dir, 'other'), undefined), root)
})

test('FAREGATE_SECRET wins over the file and writes none', (t) => {
  const dir = directory(t)
  const bytes = Buffer.alloc(32, 7)
  for (const text of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url'), `${bytes.toString('base64')}\n`]) {
    assert.deepEqual(loadRootSecret(dir, text), bytes, text)
  }
  assert.equal(existsSync(join(dir, 'secrets.json')), false)
  loadRootSecret(dir, undefined)
  assert.deepEqual(loadRootSecret(dir, bytes.toString('hex')), bytes)
})

test('a secret that is too short or no base64 is refused, and never shown', (t) => {
  const dir = directory(t)
  const weak = [Buffer.alloc(31).toString('base64'), 'correct horse battery staple correct horse battery staple', 'x'.repeat(20)]
  for (const text of weak) {
    assert.throws(
      () => loadRootSecret(dir, text),
      (error) => error instanceof SecretUnreadable && error.message.includes('FAREGATE_SECRET') && !error.message.includes(text),
    )
  }
})

test('a damaged file is refused by name instead of being replaced: what is sealed depends on it', (t) => {
  const dir = directory(t)
  const file = join(dir, 'secrets.json')
  for (const text of ['', '{', '{"root": 5}', '{"root": "c2hvcnQ="}', '[]']) {
    writeFileSync(file, text)
    assert.throws(
      () => loadRootSecret(dir, undefined),
      (error) => error instanceof SecretUnreadable && error.message.includes(file),
      text,
    )
    assert.equal(readFileSync(file, 'utf8'), text)
  }
})

test('processes that start at once end up with the same secret', async (t) => {
  const dir = directory(t)
  const source = `import { loadRootSecret } from '@faregate/identity'; process.stdout.write(loadRootSecret(process.argv[1], undefined).toString('hex'))`
  const start = (): Promise<{ stdout: string }> =>
    run(process.execPath, ['--input-type=module', '-e', source, dir], { cwd: import.meta.dirname })
  const roots = await Promise.all([start(), start(), start()])
  assert.equal(new Set(roots.map(({ stdout }) => stdout)).size, 1)
  assert.equal(roots[0]?.stdout, loadRootSecret(dir, undefined).toString('hex'))
})

test('each purpose has a secret of its own; the same root gives the same ones on every replica', () => {
  const one = deriveSecrets(Buffer.alloc(32, 1))
  assert.deepEqual(deriveSecrets(Buffer.alloc(32, 1)), one)
  const distinct = new Set(
    [one.hmac, one.seal, one.session, one.signing, one.accessTokens, one.assertions].map((secret) => secret.toString('hex')),
  )
  assert.equal(distinct.size, 6)
  assert.ok(isWellFormed('operator', one.operatorToken))
  const other = deriveSecrets(Buffer.alloc(32, 2))
  assert.notEqual(other.fingerprint, one.fingerprint)
  assert.notEqual(other.operatorToken, one.operatorToken)
  assert.ok(!one.hmac.toString('hex').includes(one.fingerprint) && !one.seal.toString('hex').includes(one.fingerprint))
})

test('derived secrets stay what they are across releases: stored hashes and sealed keys depend on them', () => {
  assert.equal(deriveSecrets(Buffer.alloc(32, 1)).fingerprint, '9da14190ce2d6b6e59f0de5b33f81b44')
  assert.equal(deriveSecrets(Buffer.alloc(32, 1)).hmac.toString('hex'), 'e40d659b4b359b17bdaeaa27c623e2aae7aedd6d6c576bb82c7f2708533888be')
  assert.equal(deriveSecrets(Buffer.alloc(32, 1)).seal.toString('hex'), 'f5f33d871aeb1b07a009e7084a4a0c0254496dfe7284bf04d51c06f797237ef4')
})

test("the operator's token is written for the owner alone, over an older and wider one", (t) => {
  const dir = directory(t)
  const file = join(dir, 'operator-token')
  writeFileSync(file, 'old', { mode: 0o644 })
  assert.equal(writeOperatorToken(dir, 'fgo_new'), file)
  assert.equal(readFileSync(file, 'utf8'), 'fgo_new\n')
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

test('secrets are compared whole, whatever their lengths', () => {
  assert.equal(constantTimeEqual('fgo_a', 'fgo_a'), true)
  assert.equal(constantTimeEqual('fgo_a', 'fgo_b'), false)
  assert.equal(constantTimeEqual('fgo_a', 'fgo_aa'), false)
  assert.equal(constantTimeEqual('', 'x'), false)
})
