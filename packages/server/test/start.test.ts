import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { launch, started } from './support/child.ts'
import { folderWith } from './support/server.ts'

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8)

test('the first start makes every secret, prints where it serves and what to do, and a second start keeps them', async (t) => {
  const { directory } = folderWith(t)
  const first = await started(t, ['--data', directory, '--port', '0'])
  assert.match(first.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  const token = readFileSync(join(directory, 'operator-token'), 'utf8')
  assert.deepEqual([mode(join(directory, 'operator-token')), mode(join(directory, 'secrets.json'))], ['600', '600'])
  assert.match(first.output(), /operator's token +\S+operator-token/)
  assert.match(first.output(), /demo: built in/)
  assert.match(first.output(), new RegExp(`npx faregate key create --credit 5 --data ${directory}`))
  assert.ok(!first.output().includes(token.trim()))
  first.process.kill('SIGTERM')
  assert.equal(await first.ended, 0)
  assert.equal(existsSync(join(directory, 'instance.json')), false)
  await started(t, ['--data', directory, '--port', '0'])
  assert.equal(readFileSync(join(directory, 'operator-token'), 'utf8'), token)
})

test('M19: a second start on the same data folder exits 1 with a sentence, and the first goes on', async (t) => {
  const { directory } = folderWith(t)
  const first = await started(t, ['--data', directory, '--port', '0'])
  const second = launch(t, ['--data', directory, '--port', '0'])
  assert.equal(await second.ended, 1)
  assert.ok(second.output().includes(directory))
  assert.doesNotMatch(second.output(), /\n\s+at /)
  assert.equal((await fetch(`${first.url}/healthz`)).status, 200)
})

test('a port that is taken is a sentence and exit 1', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const { directory } = folderWith(t)
  const child = launch(t, ['--data', directory, '--port', String(port)])
  assert.equal(await child.ended, 1)
  assert.match(child.output(), new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use`))
  assert.doesNotMatch(child.output(), /\n\s+at /)
})

test('a PostgreSQL that does not answer is a sentence and exit 1, and its password stays out of it', async (t) => {
  const { directory } = folderWith(t)
  const child = launch(t, ['--data', directory, '--port', '0', '--database-url', 'postgres://someone:hidden-word@127.0.0.1:1/none'])
  assert.equal(await child.ended, 1)
  assert.match(child.output(), /PostgreSQL cannot be used: .*ECONNREFUSED.* --database-url/)
  assert.doesNotMatch(child.output(), /hidden-word|\n\s+at /)
})

test('a configuration that cannot be served is refused with place and mend', async (t) => {
  const { directory, config = '' } = folderWith(t, { sliceToken: 8 })
  const child = launch(t, ['--data', directory, '--port', '0', '--config', config])
  assert.equal(await child.ended, 1)
  assert.match(child.output(), /faregate\.yaml:2:\d+ sliceToken: unknown member .* did you mean `sliceTokens`/)
})

test('another currency than that of the amounts in the database is refused', async (t) => {
  const { directory, config = '' } = folderWith(t, {})
  const first = await started(t, ['--data', directory, '--port', '0'])
  first.process.kill('SIGTERM')
  await first.ended
  writeFileSync(config, 'billing: { currency: EUR }\n')
  const second = launch(t, ['--data', directory, '--port', '0', '--config', config])
  assert.equal(await second.ended, 1)
  assert.match(second.output(), /in USD, but billing\.currency is EUR/)
})

/** An upstream whose stream goes on when the test says so. */
async function slowUpstream(t: TestContext) {
  const begun = Promise.withResolvers<ServerResponse>()
  const server = createServer((request: IncomingMessage, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event('Hel'))
    begun.resolve(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, begun: begun.promise }
}

function event(content: string, finish: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`
}

const USAGE = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } })}\n\ndata: [DONE]\n\n`

/** A gateway in front of the slow upstream, with a stream running. */
async function streaming(t: TestContext, flags: string[]) {
  const upstream = await slowUpstream(t)
  const { directory, config = '' } = folderWith(t, {
    providers: [{ name: 'up', kind: 'openai-compatible', baseUrl: upstream.url }],
    models: { m: { deployments: [{ provider: 'up', model: 'm' }], price: { input: '1', output: '1' } } },
  })
  const child = await started(t, ['--data', directory, '--port', '0', '--config', config, ...flags])
  const token = readFileSync(join(directory, 'operator-token'), 'utf8').trim()
  const post = async (path: string, body: unknown) =>
    (await (
      await fetch(child.url + path, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) })
    ).json()) as { id: string; key: string }
  const organization = await post('/api/organizations', { name: 'Acme' })
  const application = await post(`/api/organizations/${organization.id}/applications`, { name: 'app' })
  const { key } = await post(`/api/applications/${application.id}/keys`, { name: 'key' })
  await post(`/api/organizations/${organization.id}/grants`, { amount: '5.00', reason: 'test' })
  const sent = httpRequest(`${child.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${key}` } })
  sent.end(JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] }))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  await once(answer, 'readable')
  return { child, answer, upstream: await upstream.begun }
}

test('SIGTERM stops accepting, lets a running stream end whole, and exits 0', async (t) => {
  const { child, answer, upstream } = await streaming(t, [])
  child.process.kill('SIGTERM')
  await refused(child.url)
  upstream.end(event('lo', 'stop') + USAGE)
  let text = ''
  for await (const piece of answer) text += String(piece)
  assert.match(text, /"content":"lo"/)
  assert.match(text, /data: \[DONE\]\s*$/)
  assert.equal(await child.ended, 0)
})

test('--drain-seconds ends the patience: the stream is cut, and the exit is still 0', async (t) => {
  const { child, answer } = await streaming(t, ['--drain-seconds', '0'])
  answer.on('error', () => {})
  child.process.kill('SIGTERM')
  assert.equal(await child.ended, 0)
})

test('a second SIGTERM exits at once', async (t) => {
  const { child, answer } = await streaming(t, [])
  answer.on('error', () => {})
  child.process.kill('SIGTERM')
  await refused(child.url)
  child.process.kill('SIGTERM')
  assert.equal(await child.ended, 1)
})

/** Resolves when nothing accepts connections there any more. */
async function refused(url: string): Promise<void> {
  for (;;) {
    const gone = await fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then(
      () => false,
      () => true,
    )
    if (gone) return
  }
}

test('tls: the listener itself speaks HTTPS', async (t) => {
  const { directory, config = '' } = folderWith(t, { tls: { cert: 'cert.pem', key: 'key.pem' } })
  try {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        join(directory, 'key.pem'),
        '-out',
        join(directory, 'cert.pem'),
      ],
      { stdio: 'ignore' },
    )
  } catch {
    t.skip('SKIPPED: there is no openssl to make a certificate with')
    return
  }
  const child = await started(t, ['--data', directory, '--port', '0', '--config', config])
  assert.match(child.url, /^https:/)
  const ca = readFileSync(join(directory, 'cert.pem'))
  const sent = httpsRequest(`${child.url}/healthz`, { ca }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  assert.equal(answer.statusCode, 200)
})
