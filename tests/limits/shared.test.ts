import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Link } from '../chaos/links/link.ts'
import type { NewLimit } from '../support/api.ts'
import { answer, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { REDIS_URL, redisMissing } from '../support/redis.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate, pause } from '../support/wait.ts'
import { summed, tooBusy } from './offered.ts'
import type { Offered } from './offered.ts'

const SECRET = { FAREGATE_SECRET: Buffer.alloc(32, 7).toString('base64') }
const PRICE = { input: '0', output: '1' }
/** A key that one replica made is known to the others within a second. */
const KNOWN_MS = 1_100
/** A place is freed so long after its process was last heard of, at most; and what looking takes. */
const FREED_MS = 36_000
const BODY = { model: 'quick', max_tokens: 5, messages: say() }

const MOST_RUNNING = 200

const statusIn = ({ status }: Answer): number => status

/** A kept connection that was closed at the other end just now. */
function gone(): number {
  return 0
}

const postgres = await postgresMissing()

describe('two replicas that share limits in Redis', { skip: postgres === false ? await redisMissing() : postgres }, () => {
  let upstream: Upstream
  let database: TestDatabase
  let link: Link
  let one: Gateway
  let two: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('quick', answer(usage(0, 1)))
    database = await createDatabase()
    const redis = new URL(REDIS_URL)
    link = await new Link(redis.port === '' ? 6379 : Number(redis.port)).listen()
    redis.port = String(link.port)
    redis.hostname = '127.0.0.1'
    const config = configuration(upstream, { quick: { price: PRICE }, held: { price: PRICE } })
    const options = { config, databaseUrl: database.url, env: { ...SECRET, FAREGATE_REDIS_URL: redis.href } }
    one = await startGateway(options)
    two = await startGateway(options)
  })
  after(async () => {
    await Promise.all([one?.stop(), two?.stop()])
    await upstream?.close()
    await link?.close()
    await database?.drop()
  })

  async function customerWith(...limits: NewLimit[]): Promise<Customer> {
    const customer = await one.customer('100.00', { limits })
    await pause(KNOWN_MS)
    return customer
  }

  /** Offers both replicas 300 calls a second, evenly, for 10 seconds. */
  async function offered({ key }: Customer): Promise<Offered> {
    const calls: Promise<void>[] = []
    const answeredAt: number[] = []
    let admitted = 0
    const load = { running: 0 }
    const call = async (gateway: Gateway): Promise<void> => {
      load.running += 1
      const status = await gateway.chat(key, BODY).then(statusIn, gone)
      load.running -= 1
      answeredAt.push(performance.now())
      assert.ok([0, 200, 429].includes(status), String(status))
      if (status === 200) admitted += 1
    }
    const from = performance.now()
    for (let elapsed = 0; elapsed < 10_000; elapsed = performance.now() - from) {
      const due = Math.ceil((elapsed / 1_000) * 300)
      while (calls.length < due && load.running < MOST_RUNNING) calls.push(call(calls.length % 2 === 0 ? one : two))
      await pause(1)
    }
    await Promise.all(calls)
    return summed(answeredAt, admitted, from, 1)
  }

  /** What `/readyz` says of limits. */
  async function saidOf(gateway: Gateway): Promise<string> {
    const { checks } = json(await send(`${gateway.url}/readyz`)) as { checks: { name: string; ok: boolean; detail: string }[] }
    const check = checks.find(({ name }) => name === 'limits')
    return `${String(check?.ok)}: ${check?.detail}`
  }

  /** Both count in Redis, and know of each other. */
  function shared(): Promise<void> {
    return eventually(async () => {
      for (const gateway of [one, two]) assert.equal(await saidOf(gateway), 'true: counted in Redis for 2 replicas')
    }, 20_000)
  }

  test('each knows of the other', shared)

  test('100 a second, burst 1, offered 300 a second for 10 s: 980 to 1,020 are admitted', async (context) => {
    const result = await offered(await customerWith({ kind: 'requests', amount: 100, per: 'second', burst: 1 }))
    context.diagnostic(JSON.stringify(result))
    assert.ok(result.admitted <= 100 * Math.max(10, result.seconds) + 20, JSON.stringify(result))
    if (result.admitted >= 980) return
    const busy = tooBusy(result, 3_000)
    assert.ok(busy, `too few: ${JSON.stringify(result)}`)
    context.skip(busy)
  })

  test('60 at once against room for 10: exactly 10', async () => {
    const customer = await customerWith({ kind: 'requests', amount: 10, per: 'day' })
    const calls = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? one : two).chat(customer.key, BODY))
    assert.equal((await Promise.all(calls)).filter(({ status }) => status === 200).length, 10)
  })

  test('without Redis each replica keeps to its share and says so; with it, both share again by themselves', async () => {
    const customer = await customerWith({ kind: 'requests', amount: 20, per: 'day' }, { kind: 'concurrency', amount: 50 })
    link.refuse(true)
    link.cut()
    const sums = []
    for (const gateway of [one, two]) {
      let sum = 0
      for (let call = 0; call < 30; call++) if ((await gateway.chat(customer.key, BODY)).status === 200) sum += 1
      sums.push(sum)
      assert.match(await saidOf(gateway), /^false: Redis does not answer \(.+\): this process keeps to its share, as one of 2 replicas$/)
      assert.equal((await send(`${gateway.url}/readyz`)).status, 200)
    }
    assert.deepEqual(sums, [10, 10])
    link.refuse(false)
    await shared()
    let sum = 0
    for (let call = 0; call < 60; call++) if ((await (call % 2 === 0 ? one : two).chat(customer.key, BODY)).status === 200) sum += 1
    assert.equal(sum, 20)
  })

  test('a Redis that stands still keeps no request waiting for long', async () => {
    const customer = await customerWith({ kind: 'requests', amount: 20, per: 'day' })
    link.stall(true)
    try {
      const { status, totalMs } = await one.chat(customer.key, BODY)
      assert.equal(status, 200)
      assert.ok(totalMs < 3_000, `${totalMs} ms`)
    } finally {
      link.stall(false)
    }
    await shared()
  })

  test('places are shared; those of a replica that is killed are free again, those of the other are not', async () => {
    const customer = await customerWith({ kind: 'concurrency', amount: 4 })
    await shared()
    const finish = gate()
    const whole = answer(usage(0, 1), { after: finish.promise })
    let arrived = 0
    upstream.on('held', (exchange) => {
      arrived += 1
      return whole(exchange)
    })
    // A call that looks whether there is a place takes one for as long as it looks.
    const inPlace = (calls: number) => eventually(() => assert.equal(arrived, calls))
    const held = { ...BODY, model: 'held' }
    const call = (gateway: Gateway) =>
      gateway.chat(customer.key, held).then(
        ({ status }) => status,
        () => 0,
      )
    const running = [call(one), call(one), call(two), call(two)]
    await inPlace(4)
    assert.equal(await statusOf(two, customer), 429)
    assert.equal(await statusOf(one, customer), 429)
    two.mayEnd = true
    await two.kill('SIGKILL')
    assert.equal(await statusOf(one, customer), 429)
    await eventually(async () => assert.equal(await statusOf(one, customer), 200), FREED_MS, 500)
    const third = [call(one), call(one)]
    await inPlace(6)
    assert.equal(await statusOf(one, customer), 429)
    finish.open()
    assert.deepEqual(await Promise.all(running), [200, 200, 0, 0])
    assert.deepEqual(await Promise.all(third), [200, 200])
  })

  async function statusOf(gateway: Gateway, customer: Customer): Promise<number> {
    return (await gateway.chat(customer.key, BODY)).status
  }
})
