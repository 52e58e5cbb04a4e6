import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { faregate, LAUNCHER, startBy, temporaryFolder } from './support.ts'

const SKIPPED = opensslMissing() ? 'SKIPPED: there is no openssl to make a certificate with' : false

function opensslMissing(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
}

/** A certificate that signs itself for a host that is not where the gateway listens, as public ones are. */
function makeCertificate(folder: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}-cert.pem`), join(folder, `${name}-key.pem`)]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const named = ['-subj', '/CN=gateway.example', '-addext', 'subjectAltName=DNS:gateway.example']
  execFileSync('openssl', ['req', '-x509', ...kind, ...named, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { cert, key }
}

test('beside a gateway with TLS the command line knows it by the noted certificate, and no other', { skip: SKIPPED }, async (context) => {
  const folder = temporaryFolder(context)
  const { cert, key } = makeCertificate(folder, 'own')
  // One file with everything is common; the key must not get into the note.
  appendFileSync(cert, readFileSync(key))
  writeFileSync(join(folder, 'faregate.yaml'), `publicUrl: https://gateway.example\ntls: { cert: ${cert}, key: ${key} }\n`)
  const { child, url } = await startBy(process.execPath, [LAUNCHER, 'start', '--demo', '--port', '0'], { cwd: folder })
  context.after(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  const environment = { FAREGATE_DATA: join(folder, 'data') }
  const file = join(folder, 'data/instance.json')
  const noted = JSON.parse(readFileSync(file, 'utf8')) as { url: string; certificate: string }
  assert.match(noted.url, /^https:\/\/127\.0\.0\.1:\d+$/)
  assert.match(noted.certificate, /^-----BEGIN CERTIFICATE-----/)
  assert.doesNotMatch(noted.certificate, /PRIVATE KEY/)

  for (const args of [['key', 'create', '--credit', '5'], ['doctor'], ['balance', '--url', noted.url]]) {
    const said = await faregate(environment, ...args)
    assert.equal(said.code, 0, `${args.join(' ')} on ${url}: ${said.stderr}`)
  }

  const elsewhere = await faregate(environment, 'balance', '--url', noted.url.replace('127.0.0.1', 'localhost'))
  assert.equal(elsewhere.code, 1, 'under another name the certificate is verified as usual')

  const other = makeCertificate(folder, 'other')
  writeFileSync(file, JSON.stringify({ ...noted, certificate: readFileSync(other.cert, 'utf8') }))
  const refused = await faregate(environment, 'balance')
  assert.deepEqual([refused.code, /does not answer: .*certificate/.test(refused.stderr)], [1, true], refused.stderr)
})
