import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { configuration } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { remember, rememberedCanaries } from '../support/secrets/canaries.ts'
import { leaksOf } from '../support/secrets/recorder.ts'
import { ByteSearch, describeLeak } from '../support/secrets/search.ts'
import type { Leak } from '../support/secrets/search.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'
import { MODELS, behave, callEverything, commandEverything, manageEverything } from './rich-run.ts'
import { SECRETS } from './secrets.ts'

const missing = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(
    `after everything has been called, managed, refused and broken, on ${engine}`,
    { skip: engine === 'PostgreSQL' && missing },
    () => {
      let upstream: Upstream
      let database: TestDatabase | undefined
      let gateway: Gateway
      const answers: Answer[] = []
      let printed: string[] = []
      let metrics = ''

      before(async () => {
        for (const [name, text] of Object.entries(SECRETS)) remember(/key/i.test(name) ? 'provider key' : 'body', text)
        upstream = await startUpstream()
        behave(upstream)
        database = engine === 'PostgreSQL' ? await createDatabase() : undefined
        gateway = await startGateway({
          config: configurationWithKeys(upstream),
          env: { UPSTREAM_KEY: SECRETS.environmentKey },
          ...(database === undefined ? {} : { databaseUrl: database.url }),
          searched: false,
        })
        await exercise()
      })
      after(async () => {
        await gateway?.stop()
        await upstream?.close()
        await database?.drop()
      })

      async function exercise(): Promise<void> {
        const customer = await gateway.customer('5.00')
        await callEverything(gateway, customer, answers)
        await manageEverything(gateway, customer, answers)
        const ids = answers.map((answer) => header(answer, 'x-request-id') ?? '').filter((id) => id !== '')
        printed = await commandEverything(gateway, ids.slice(0, 4))
        const cut = gateway
          .chat(customer.key, { model: 'silent', max_tokens: 20, messages: [{ role: 'user', content: SECRETS.prompt }] })
          .catch(() => undefined)
        await eventually(() => assert.ok(upstream.callsOf('silent').length >= 2))
        metrics = (await send(`${gateway.url}/metrics`)).text
        await gateway.kill('SIGKILL')
        await cut
        await gateway.start()
        await callEverything(gateway, customer, answers)
        metrics += (await send(`${gateway.url}/metrics`)).text
        await gateway.kill('SIGTERM')
      }

      function found(leaks: Leak[]): string[] {
        return [...new Set(leaks.map(describeLeak))]
      }

      test('every sort of answer was seen', () => {
        const statuses = new Set(answers.map(({ status }) => status))
        for (const status of [200, 400, 401, 402, 404, 409, 413, 422, 502, 503])
          assert.ok(statuses.has(status), `${status} in ${[...statuses].join(', ')}`)
        assert.ok(MODELS.every((model) => upstream.callsOf(model).length > 0))
        const echoed = upstream.calls.map(({ headers }) => String(headers.authorization))
        for (const key of ['providerKey', 'plainKey', 'environmentKey'] as const)
          assert.ok(echoed.includes(`Bearer ${SECRETS[key]}`), `${key} was used`)
      })

      test('data folder, backups, logs and metrics hold no provider key, API key, token, root secret, or word of a body', () => {
        assert.deepEqual(found(leaksOf({ data: gateway.data, outputs: gateway.outputs, metrics })), [])
      })

      test('no answer holds a provider key, a token or the root secret; none but the body’s own answer holds its words', () => {
        const keys = new ByteSearch(rememberedCanaries(['provider key', 'operator token', 'root secret', 'API key', 'management token']))
        assert.deepEqual(
          found(
            answers.flatMap((answer, i) => [
              ...keys.inText(answer.rawHeaders.join('\n'), `head ${i}`),
              ...keys.inBytes(answer.body, `body ${i} ${answer.status}`),
            ]),
          ),
          [],
        )
        const bodies = new ByteSearch(rememberedCanaries(['body']))
        const others = answers.filter(
          (answer) => header(answer, 'faregate-model') === undefined && !header(answer, 'faregate-denial')?.startsWith('provider_rejected'),
        )
        assert.deepEqual(found(others.flatMap((answer) => bodies.inBytes(answer.body, `${answer.status}`))), [])
      })

      test('what commands print holds no secret but a key that was asked for', () => {
        const search = new ByteSearch(rememberedCanaries())
        assert.deepEqual(found(printed.flatMap((text) => search.inText(text, text.split('\n')[0] ?? ''))), [])
      })

      test('no table of the database holds one', { skip: engine === 'SQLite' && 'its file is searched byte by byte' }, async () => {
        assert.ok(database)
        const search = new ByteSearch(rememberedCanaries())
        const dump = await database.dump()
        assert.ok(Object.keys(dump).length > 10, Object.keys(dump).join(', '))
        assert.deepEqual(found(Object.entries(dump).flatMap(([table, rows]) => search.inText(rows, table))), [])
      })

      test('the search would find one: planted in the data, the log, the metrics and the database, each is named', async () => {
        const planted = Buffer.from(SECRETS.plainKey).toString('base64')
        appendFileSync(join(gateway.data, 'instance.log'), `x${planted}`)
        const leaks = leaksOf({
          data: gateway.data,
          outputs: [`{"cause":${JSON.stringify(SECRETS.prompt)}}`],
          metrics: `a{key="${SECRETS.madeKey}"} 1`,
        })
        assert.deepEqual(new Set(leaks.map(({ place }) => place)), new Set(['instance.log', 'log', 'metrics']))
        if (database === undefined) return
        await database.query('CREATE TABLE planted (bytes bytea, text text)')
        await database.query('INSERT INTO planted VALUES ($1, $2)', [Buffer.from(SECRETS.rotatedKey), SECRETS.answer])
        const search = new ByteSearch(rememberedCanaries())
        const { planted: rows = '' } = await database.dump()
        assert.deepEqual(
          new Set(search.inText(rows, 'planted').map(({ canary }) => canary.text)),
          new Set([SECRETS.rotatedKey, SECRETS.answer.slice(0, 40)]),
        )
      })
    },
  )
}

/** A provider for every place in which a key can stand. */
function configurationWithKeys(upstream: Upstream): Record<string, unknown> {
  const shared = { kind: 'openai-compatible', baseUrl: upstream.url }
  const accounts = ['fake', 'plain', 'environment']
  const models = Object.fromEntries(
    MODELS.map((model, i) => [
      model,
      { deployments: [{ provider: accounts[i % accounts.length], model }], price: { input: '1', output: '2' }, maxOutput: 100 },
    ]),
  )
  return {
    ...configuration(upstream, {}),
    providers: [
      { name: 'fake', ...shared, apiKey: SECRETS.providerKey },
      { name: 'plain', ...shared, keys: [{ key: SECRETS.plainKey }, { key: SECRETS.plainKey.toUpperCase() }] },
      { name: 'environment', ...shared, apiKey: '${UPSTREAM_KEY}' },
    ],
    models,
    limits: { firstByteMs: 5_000 },
    log: { level: 'debug' },
  }
}
