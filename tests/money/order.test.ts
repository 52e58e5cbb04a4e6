import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Balance } from '../support/api.ts'
import { answer, either, stream, usage, words } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { decimal, nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const PRICE = { input: '3', output: '15' }

describe('what is durable before what', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(20))
    gateway = await startGateway({ config: configuration(upstream, { plain: { price: PRICE } }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const streaming of [false, true]) {
    const kind = streaming ? 'streaming' : 'not streaming'
    test(`M16: an upstream that reads the balance when it is called sees the hold, which is what explain said (${kind})`, async () => {
      const customer = await gateway.customer('1.00')
      let seen: Balance | undefined
      upstream.onCall = async () => {
        seen = await gateway.api.balance(customer.organization)
      }
      const body = { model: 'plain', max_tokens: 40, stream: streaming, messages: say('How are you today?') }
      const { hold, holds, verdict } = await gateway.explain(customer.key, body)
      assert.equal(verdict, 'allow')
      assert.equal((await gateway.chat(customer.key, body)).status, 200)
      upstream.onCall = undefined
      assert.ok(seen)
      assert.ok(nano(seen.held) > 0n)
      assert.equal(decimal(nano(seen.held)), decimal(nano(hold)))
      assert.deepEqual(
        holds.map(({ amount }) => nano(amount)),
        [nano(hold)],
      )
      assert.equal(nano(seen.posted), 0n)
    })

    test(`M16: whoever has the last byte finds the charge in the balance (${kind})`, async () => {
      const customer = await gateway.customer('1.00')
      const body = { model: 'plain', max_tokens: 40, stream: streaming, messages: say() }
      for (let i = 1; i <= 5; i++) {
        const result = await gateway.chat(customer.key, body)
        const balance = await gateway.api.balance(customer.organization)
        assert.equal(result.complete, true)
        assert.equal(nano(balance.posted), BigInt(i) * (10n * 3_000n + 20n * 15_000n))
        assert.equal(nano(balance.held), 0n)
      }
    })
  }
})

const strace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'])
const withoutStrace = strace.status === 0 ? false : 'strace is missing or may not trace here'
if (withoutStrace !== false) process.stderr.write(`SKIPPED: ${withoutStrace}: the order of syncs is not shown\n`)

describe('the order of system calls', { skip: withoutStrace }, () => {
  let upstream: Upstream
  let gateway: Gateway
  const folder = mkdtempSync(join(tmpdir(), 'faregate-strace-'))
  const log = join(folder, 'calls')

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', answer(usage(10, 20), { content: `${words(19)} LAST-BYTES` }))
    upstream.on('streamed', stream(20))
    const wrap = ['strace', '-D', '-f', '-yy', '-ttt', '-s', '20000', '-e', 'trace=fsync,fdatasync,write,writev,sendto,sendmsg', '-o', log]
    gateway = await startGateway({ config: configuration(upstream, { plain: {}, streamed: {} }), wrap, readyWithinMs: 120_000 })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const [model, last] of [
    ['plain', 'LAST-BYTES'],
    ['streamed', '[DONE]'],
  ] as const) {
    test(`M16: sync, then the call to the upstream, then sync, then the last byte (${model})`, async () => {
      const customer = await gateway.customer('1.00')
      const marker = `PROMPT-OF-${model}`
      const result = await gateway.chat(customer.key, { model, max_tokens: 40, stream: model === 'streamed', messages: say(marker) })
      assert.equal(result.status, 200)
      const trace = readFileSync(log, 'utf8').split('\n')
      const arrived = trace.findIndex((line) => isWriteTo(line, upstream.port) && line.includes(marker))
      const lastByte = trace.findIndex(
        (line, i) => i > arrived && isWriteTo(line, Number(new URL(gateway.url).port)) && line.includes(last),
      )
      assert.ok(arrived > 0, 'the write to the upstream is in the trace')
      assert.ok(lastByte > arrived, 'the write of the last byte is in the trace')
      const grant = trace.findLastIndex((line, i) => i < arrived && isWriteTo(line, Number(new URL(gateway.url).port)))
      assert.ok(trace.slice(grant + 1, arrived).some(isSync), 'a sync between the last answer before and the call to the upstream')
      assert.ok(trace.slice(arrived + 1, lastByte).some(isSync), 'a sync between the call to the upstream and the last byte')
    })
  }
})

function isSync(line: string): boolean {
  return /\b(fsync|fdatasync)(\(| resumed)/.test(line) && !line.includes('unfinished')
}

function isWriteTo(line: string, port: number): boolean {
  return /\b(write|writev|sendto|sendmsg)\(/.test(line) && line.includes('TCP') && line.includes(`127.0.0.1:${port}`)
}
