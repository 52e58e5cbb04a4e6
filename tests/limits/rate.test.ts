import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { REDIS_URL, redisMissing } from '../support/redis.ts'
import { summed, tooBusy } from './offered.ts'
import type { Offered } from './offered.ts'

const run = promisify(execFile)
const SECONDS = 10
const TRIES = 3

/** Two processes that offer 150 a second each, for ten seconds, to one limit in Redis. */
async function offered(burst: number): Promise<Offered> {
  const begin = Date.now() + 3_000
  const limit = JSON.stringify({ kind: 'requests', amount: 100, per: 'second', burst })
  const namespace = randomBytes(6).toString('hex')
  const program = join(import.meta.dirname, 'offering-process.ts')
  const args = [program, REDIS_URL, namespace, limit, '150', String(SECONDS), String(begin)]
  const said = await Promise.all([run(process.execPath, args), run(process.execPath, args)])
  const results = said.map(({ stdout }) => JSON.parse(stdout) as { answeredAt: number[]; admitted: number })
  const answeredAt = results.flatMap((result) => result.answeredAt)
  return summed(
    answeredAt,
    results.reduce((sum, { admitted }) => sum + admitted, 0),
    begin,
    burst,
  )
}

describe('a limit of 100 a second in Redis, offered 300 a second by two processes for 10 s', { skip: await redisMissing() }, () => {
  for (const burst of [1, 50]) {
    test(`burst ${burst}: ${979 + burst} to ${1_000 + Math.max(20, burst)} are admitted`, async (context) => {
      for (let left = TRIES; left > 0; left--) {
        const result = await offered(burst)
        context.diagnostic(JSON.stringify(result))
        assert.ok(result.admitted <= 100 * Math.max(SECONDS, result.seconds) + Math.max(20, burst), JSON.stringify(result))
        if (result.admitted >= 979 + burst) return
        const busy = tooBusy(result, 300 * SECONDS)
        assert.ok(busy, `too few: ${JSON.stringify(result)}`)
        if (left === 1) context.skip(busy)
      }
    })
  }
})
