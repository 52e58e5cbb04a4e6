import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { after, describe, it } from 'node:test'
import { limitRules, type LimitTerms } from '@faregate/core'
import type { Demand } from '@faregate/limits'
import { conformance } from '../../limits/test/conformance.ts'
import { connectRedis } from '../src/redis/connect.ts'
import { RedisCounters } from '../src/redis/redis-counters.ts'
import { openRedis } from './redis.ts'

const opened = await openRedis()
const skip = 'missing' in opened ? opened.missing : false
const namespace = randomBytes(6).toString('hex')

function client() {
  if ('missing' in opened) throw new Error(opened.missing)
  return opened.client
}

async function keys(): Promise<string[]> {
  return client().keys(`faregate:${namespace}*`)
}

after(async () => {
  if ('missing' in opened) return
  const left = await keys()
  if (left.length > 0) await client().del(left)
  client().destroy()
})

conformance('in Redis', () => ({ counters: new RedisCounters(client(), namespace), pass: (millis) => pause(millis) }), skip)

function demands(...limits: LimitTerms[]): Demand[] {
  return limitRules('org_1', { level: 'key', id: randomBytes(6).toString('hex') }, limits).map((rule) => ({
    rule,
    bucket: rule.bucket,
    terms: rule.terms,
    cost: 1,
    partitioned: false,
  }))
}

describe('limits counted in Redis', { skip }, () => {
  it('two processes share one count', async () => {
    const [one, two] = [new RedisCounters(client(), namespace), new RedisCounters(client(), namespace)]
    const asked = demands({ kind: 'requests', amount: 10, per: 'day' })
    let sum = 0
    for (let i = 0; i < 20; i++) if ((await (i % 2 === 0 ? one : two).take(`r${i}`, asked)).admitted) sum += 1
    assert.equal(sum, 10)
  })

  it('the places of a process that was killed are freed when its lease runs out, those of others are not', async () => {
    const [killed, alive] = [new RedisCounters(client(), namespace, 400), new RedisCounters(client(), namespace, 400)]
    const asked = demands({ kind: 'concurrency', amount: 2 })
    const buckets = asked.map(({ bucket }) => bucket)
    assert.equal((await killed.take('a', asked)).admitted, true)
    assert.equal((await alive.take('b', asked)).admitted, true)
    assert.equal((await alive.take('c', asked)).admitted, false)
    for (let i = 0; i < 3; i++) {
      await pause(200)
      await alive.renew('b', buckets)
    }
    assert.deepEqual(await alive.take('c', asked), { admitted: true, left: [0] })
    assert.equal((await alive.take('d', asked)).admitted, false)
  })

  it('a renewal counts who else is there', async () => {
    const counters = new RedisCounters(client(), `${namespace}:r`)
    assert.equal(await counters.renew('one', ['replicas']), 1)
    assert.equal(await counters.renew('two', ['replicas']), 2)
    assert.equal(await counters.renew('one', ['replicas']), 2)
  })

  it('goes on when Redis has forgotten the script', async () => {
    const counters = new RedisCounters(client(), namespace)
    const asked = demands({ kind: 'requests', amount: 2, per: 'day' })
    await counters.take('a', asked)
    await client().sendCommand(['SCRIPT', 'FLUSH'])
    assert.equal((await counters.take('b', asked)).admitted, true)
    assert.equal((await counters.take('c', asked)).admitted, false)
  })

  it('leaves nothing for ever: what is full again, or has ended, is gone', async () => {
    const counters = new RedisCounters(client(), `${namespace}:x`, 200)
    await counters.take('a', demands({ kind: 'requests', amount: 1_000, per: 'second', burst: 1 }, { kind: 'concurrency', amount: 1 }))
    assert.equal((await client().keys(`faregate:${namespace}:x*`)).length, 2)
    await pause(1_300)
    assert.deepEqual(await client().keys(`faregate:${namespace}:x*`), [])
  })

  it('an address at which nothing answers is no error: each call is rejected, and closing ends it', async () => {
    const connection = await connectRedis('redis://127.0.0.1:1', namespace)
    await assert.rejects(connection.counters.renew('a', ['replicas']))
    connection.close()
  })

  it('an address that is none is refused', async () => {
    await assert.rejects(connectRedis('http://127.0.0.1:1', namespace), /protocol/i)
  })
})
