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
import { ENGINES } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { assertHeldFirst, assertSettledFirst } from './durable.ts'

const PRICE = { input: '3', output: '15' }

for (const { name, skip, block } of ENGINES) {
  describe(
    `what is durable before what, on ${name}`,
    { skip },
    block((engine) => {
      let upstream: Upstream
      let gateway: Gateway

      before(async () => {
        upstream = await startUpstream()
        upstream.on('plain', either(20))
        gateway = await startGateway({ config: configuration(upstream, { plain: { price: PRICE } }), ...engine.options })
      })
      after(async () => {
        await gateway?.stop()
        await upstream?.close()
      })

      for (const streaming of [false, true]) {
        const kind = streaming ? 'streaming' : 'not streaming'
        const body = { model: 'plain', max_tokens: 40, stream: streaming, messages: say('How are you today?') }
        const locking = (key: string) => ({ upstream, lock: () => engine.lock(gateway), call: () => gateway.chat(key, body) })

        test(`M16: an upstream that reads the balance when it is called sees the hold, which is what explain said (${kind})`, async () => {
          const customer = await gateway.customer('1.00')
          let seen: Balance | undefined
          upstream.onCall = async () => {
            seen = await gateway.api.balance(customer.organization)
          }
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
          for (let i = 1; i <= 5; i++) {
            const result = await gateway.chat(customer.key, body)
            const balance = await gateway.api.balance(customer.organization)
            assert.equal(result.complete, true)
            assert.equal(nano(balance.posted), BigInt(i) * (10n * 3_000n + 20n * 15_000n))
            assert.equal(nano(balance.held), 0n)
          }
        })

        test(`M16: while the hold cannot be made durable the upstream is not called, and then it is (${kind})`, async () => {
          const { key } = await gateway.customer('1.00')
          await assertHeldFirst(locking(key))
        })

        test(`M16: while the settle cannot be made durable the last byte is withheld, and then it comes (${kind})`, async () => {
          const customer = await gateway.customer('1.00')
          const result = await assertSettledFirst(locking(customer.key))
          if (streaming) assert.equal(chatStream(result.body).done, 1)
          assert.equal(nano((await gateway.api.balance(customer.organization)).posted), 10n * 3_000n + 20n * 15_000n)
        })
      }
    }),
  )
}

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
    const wrap = [
      'strace',
      '-D',
      '-f',
      '-yy',
      '-ttt',
      '-s',
      '20000',
      '-e',
      'trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg',
      '-o',
      log,
    ]
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
    test(`M16: sync, then the call to the upstream, then sync, then the last byte (${model})`, async (context) => {
      const customer = await gateway.customer('1.00')
      const marker = `PROMPT-OF-${model}`
      const result = await gateway.chat(customer.key, { model, max_tokens: 40, stream: model === 'streamed', messages: say(marker) })
      assert.equal(result.status, 200)
      const request = header(result, 'x-request-id') ?? ''
      const trace = readFileSync(log, 'utf8').split('\n')
      const callers = Number(new URL(gateway.url).port)
      const steps = [
        { name: 'the hold is written', is: (line: string) => isLogged(line, `${request}.0`) },
        { name: 'the hold is synced', is: isSync },
        { name: 'the upstream is called', is: (line: string) => isSentTo(line, upstream.port) && line.includes(marker) },
        { name: 'the settle is written', is: (line: string) => isLogged(line, `${request}.settle`) },
        { name: 'the settle is synced', is: isSync },
        { name: 'the last byte leaves', is: (line: string) => isSentTo(line, callers) && line.includes(last) },
      ]
      // Each step is looked for from the beginning, so that one which came too early is not passed over.
      const called = trace.findIndex((line) => steps[2]?.is(line))
      const left = trace.findIndex((line, index) => index > called && steps[5]?.is(line))
      assert.ok(called > 0 && left > called, 'the call and the last byte are in the trace')
      const times = assertInOrder(trace, steps)
      assert.equal(times[2], timeOf(trace[called]), 'the hold is synced before the first byte of the call')
      assert.equal(times[5], timeOf(trace[left]), 'the settle is synced before the last byte')
      const [, held = 0, call = 0, , settled = 0, end = 0] = times
      context.diagnostic(`the hold was synced ${ms(call - held)} before the call, the settle ${ms(end - settled)} before the last byte`)
    })
  }
})

interface Step {
  name: string
  is(line: string): boolean
}

/** Finds the steps in a trace, each after the one before; fails naming the first that is not there. @returns when each was, in seconds */
function assertInOrder(trace: string[], steps: Step[]): number[] {
  let from = 0
  return steps.map(({ name, is }, index) => {
    const found = trace.findIndex((line, at) => at >= from && is(line))
    assert.ok(found !== -1, `${name}: not after ${index === 0 ? 'the start' : steps[index - 1]?.name}`)
    from = found + 1
    return timeOf(trace[found])
  })
}

/** A page with this text goes into SQLite's write-ahead log. */
function isLogged(line: string, text: string): boolean {
  return /\bpwrite64\(\d+<[^>]*-wal>/.test(line) && line.includes(text)
}

/** A sync of SQLite's write-ahead log has ended. */
function isSync(line: string): boolean {
  return /\bf(data)?sync(\(\d+<[^>]*-wal>\)| resumed).*= 0/.test(line)
}

function isSentTo(line: string, port: number): boolean {
  return /\b(write|writev|sendto|sendmsg)\(/.test(line) && line.includes('TCP') && line.includes(`127.0.0.1:${port}`)
}

/** Of `-ttt`: seconds since the epoch. */
function timeOf(line = ''): number {
  return Number(/^\d+ +([\d.]+)/.exec(line)?.[1])
}

function ms(seconds: number): string {
  return `${(seconds * 1_000).toFixed(1)} ms`
}
