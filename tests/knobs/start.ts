import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stream } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { Gateway, startGateway } from '../support/gateway.ts'
import type { GatewayOptions } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import { REDIS_URL, redisMissing } from '../support/redis.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import { pause } from '../support/wait.ts'
import type { Knobs } from './tuned.ts'

/** Starts a gateway for as long as something is looked at. */
async function during<T>(options: GatewayOptions, look: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = await startGateway(options)
  try {
    return await look(gateway)
  } finally {
    await gateway.stop()
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const upstream = await startUpstream()
  const { port } = upstream
  await upstream.close()
  return port
}

function fresh(): string {
  return mkdtempSync(join(tmpdir(), 'faregate-knob-'))
}

/** What `/readyz` says of limits. */
async function limitsCheck(gateway: Gateway): Promise<string> {
  const { checks } = json(await send(`${gateway.url}/readyz`)) as { checks: { name: string; detail: string }[] }
  return checks.find(({ name }) => name === 'limits')?.detail ?? 'nothing'
}

const models = async (gateway: Gateway): Promise<string> => (await gateway.api.call('GET', '/api/models')).text

/** Flags and variables of the start. Later flags win, so that they can be tried beside those of the harness. */
export const START_KNOBS: Knobs = {
  '--data': async () => {
    const folder = fresh()
    await during({ data: folder }, async (gateway) => {
      assert.ok(existsSync(join(folder, 'operator-token')))
      assert.equal(statSync(join(folder, 'operator-token')).mode & 0o777, 0o600)
      await gateway.api.organization('Kept')
    })
    await during({ data: folder }, async (gateway) => assert.match((await gateway.api.call('GET', '/api/organizations')).text, /Kept/))
    rmSync(folder, { recursive: true })
  },

  '--port': async () => {
    const port = await freePort()
    await during({ args: ['--port', String(port)] }, async (gateway) => assert.equal(new URL(gateway.url).port, String(port)))
  },

  '--host': () =>
    during({ args: ['--host', '127.0.0.2'] }, async (gateway) => {
      assert.equal(new URL(gateway.url).hostname, '127.0.0.2')
      assert.equal((await send(`${gateway.url}/healthz`)).status, 200)
      await assert.rejects(send(`http://127.0.0.1:${new URL(gateway.url).port}/healthz`, { fresh: true }), /ECONNREFUSED/)
    }),

  '--config': () =>
    during({ config: { providers: [{ name: 'named-in-file', kind: 'demo' }] } }, async (gateway) =>
      assert.match((await gateway.api.call('GET', '/api/providers')).text, /named-in-file/),
    ),

  '--database-url': async () => {
    if ((await postgresMissing()) !== false) return
    const database = await createDatabase()
    await during({ args: ['--database-url', database.url] }, async (gateway) => {
      await gateway.api.organization('In PostgreSQL')
      assert.match(JSON.stringify(await database.query('SELECT name FROM organizations')), /In PostgreSQL/)
    }).finally(() => database.drop())
  },

  '--redis-url': async () => {
    if ((await redisMissing()) !== false) return
    await during({ args: ['--redis-url', REDIS_URL] }, async (gateway) =>
      assert.match(await limitsCheck(gateway), /in Redis for 1 replica/),
    )
    await during({}, async (gateway) => assert.match(await limitsCheck(gateway), /in this process/))
  },

  '--drain-seconds': async () => {
    const upstream = await startUpstream()
    upstream.on('endless', stream(100_000, { everyMs: 5 }))
    upstream.on('short', stream(100, { everyMs: 5 }))
    const config = configuration(upstream, {
      endless: { price: { input: '0', output: '1' } },
      short: { price: { input: '0', output: '1' } },
    })
    const gateway = await startGateway({ config, args: ['--drain-seconds', '2'] })
    try {
      const customer = await gateway.customer('5.00')
      const whole = gateway.chat(customer.key, { model: 'short', stream: true, messages: say() })
      const endless = gateway.chat(customer.key, { model: 'endless', stream: true, messages: say() })
      await pause(200)
      const from = performance.now()
      assert.equal(await gateway.kill('SIGTERM'), 0)
      const ms = performance.now() - from
      assert.ok(ms > 1_800 && ms < 8_000, `${ms} ms`)
      assert.equal(chatStream((await whole).body).done, 1, 'what ends in time ends well')
      assert.equal(chatStream((await endless).body).done, 0)
    } finally {
      await gateway.stop()
      await upstream.close()
    }
  },

  '--demo': async () => {
    const upstream = await startUpstream()
    const config = configuration(upstream, { real: {} })
    await during({ config, args: ['--demo'] }, async (gateway) => {
      const customer = await gateway.customer('1.00')
      assert.equal((await gateway.chat(customer.key, { model: 'demo', max_tokens: 20, messages: say() })).status, 200)
      assert.equal(upstream.calls.length, 0)
    })
    await upstream.close()
  },

  FAREGATE_DATA: async () => {
    const folder = fresh()
    await withoutFlags({ FAREGATE_DATA: folder, FAREGATE_PORT: '0' }, async () => assert.ok(existsSync(join(folder, 'operator-token'))))
    rmSync(folder, { recursive: true })
  },

  FAREGATE_PORT: async () => {
    const port = await freePort()
    await withoutFlags({ FAREGATE_PORT: String(port) }, async (url) => assert.equal(new URL(url).port, String(port)))
  },

  FAREGATE_HOST: () =>
    withoutFlags({ FAREGATE_HOST: '127.0.0.3', FAREGATE_PORT: '0' }, async (url) => assert.equal(new URL(url).hostname, '127.0.0.3')),

  FAREGATE_CONFIG: async () => {
    const file = join(fresh(), 'mine.yaml')
    writeFileSync(
      file,
      'providers: [{ name: from-variable, kind: demo }]\nmodels: { mine: { deployments: [{ provider: from-variable, model: demo }], price: { input: 0.10, output: 0.20 } } }\n',
    )
    await during({ env: { FAREGATE_CONFIG: file } }, async (gateway) => assert.match(await models(gateway), /"mine"/))
  },

  FAREGATE_DATABASE_URL: async () => {
    if ((await postgresMissing()) !== false) return
    const database = await createDatabase()
    await during({ databaseUrl: database.url }, async (gateway) => {
      await gateway.api.organization('By variable')
      assert.match(JSON.stringify(await database.query('SELECT name FROM organizations')), /By variable/)
    }).finally(() => database.drop())
  },

  FAREGATE_REDIS_URL: async () => {
    const env = { FAREGATE_REDIS_URL: 'redis://127.0.0.1:1' }
    await during({ env }, async (gateway) => assert.match(await limitsCheck(gateway), /Redis does not answer/))
    if ((await redisMissing()) !== false) return
    await during({ env, args: ['--redis-url', REDIS_URL] }, async (gateway) => assert.match(await limitsCheck(gateway), /in Redis/))
  },

  FAREGATE_SECRET: async () => {
    const tokenOf = (secret: string) =>
      during({ env: { FAREGATE_SECRET: Buffer.alloc(32, secret).toString('base64') } }, async (gateway) => gateway.token)
    const [one, same, other] = [await tokenOf('a'), await tokenOf('a'), await tokenOf('b')]
    assert.equal(one, same)
    assert.notEqual(one, other)
    assert.doesNotMatch(one, /YWFh/)
  },
}

/** Starts with the environment alone, in an empty folder. */
async function withoutFlags(environment: Record<string, string>, look: (url: string) => Promise<void>): Promise<void> {
  const gateway = new Gateway({ bare: true, env: environment })
  await gateway.start()
  try {
    await look(gateway.url)
  } finally {
    await gateway.stop()
  }
}
