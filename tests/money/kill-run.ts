import assert from 'node:assert/strict'
import { assertSettled } from '../support/api.ts'
import type { RequestRecord } from '../support/api.ts'
import { endStream, openStream, chunk, sendJson, completion, usage, words } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import type { Exchange, Upstream } from '../support/upstream.ts'
import { eventually, pause } from '../support/wait.ts'

const TOKEN = 1_000_000n
const WORKERS = 20
/** On PostgreSQL an instance counts as dead after 30 seconds of silence. */
const RECOVERED_WITHIN_MS = 60_000

export type LoadKind = 'streaming' | 'not streaming' | 'mixed'

/** What a client knows of one call: who it was, and what it has. */
interface Seen {
  user: string
  request: string
  whole: boolean
  /** Output tokens that arrived. */
  tokens: number
}

export function killConfiguration(upstream: Upstream): Record<string, unknown> {
  upstream.on('killed', answerByUser)
  return configuration(upstream, { killed: { price: { input: '0', output: '1000' }, sliceTokens: 8 } })
}

/** Every caller gets its own count of tokens, so that a charge that went to the wrong request shows. */
function tokensOf(user: string): number {
  return 5 + (Number(user.split('-')[1]) % 37)
}

async function answerByUser(exchange: Exchange): Promise<void> {
  const count = tokensOf(String(exchange.body['user']))
  if (exchange.body['stream'] !== true) {
    await pause(Math.random() * 20)
    return sendJson(exchange, 200, completion(exchange.model, usage(0, count), words(count)))
  }
  openStream(exchange)
  for (let i = 0; i < count && !exchange.response.destroyed; i++) {
    exchange.response.write(chunk(exchange.model, { content: ' the' }))
    if (i % 4 === 3) await pause(1)
  }
  endStream(exchange, usage(0, count))
}

/** Kills the gateway under load so many times, restarts it each time, and holds what clients saw against the ledger. @returns its figures */
export async function killUnderLoad(gateway: Gateway, kills: number, kind: LoadKind): Promise<string> {
  const customer = await gateway.customer('1000.00')
  const seen: Seen[] = []
  let broken = 0
  let next = 0
  for (let kill = 0; kill < kills; kill++) {
    const phase = { running: true }
    const load = Array.from({ length: WORKERS }, async (_, i) => {
      const streaming = kind === 'mixed' ? i % 2 === 0 : kind === 'streaming'
      while (phase.running) {
        const user = `call-${next++}`
        const one = await call(gateway, customer, user, streaming)
        if (one === undefined) broken++
        else seen.push(one)
        if (one === undefined || !one.whole) return
      }
    })
    const target = seen.length + WORKERS
    await eventually(() => assert.ok(seen.length >= target, `only ${seen.length} of ${target} answers`), 30_000)
    await pause(Math.random() * 300)
    await gateway.kill('SIGKILL')
    phase.running = false
    await Promise.all(load)
    await gateway.start()
  }
  return assertCharged(gateway, customer, seen, kills, broken)
}

async function call(gateway: Gateway, customer: Customer, user: string, streaming: boolean): Promise<Seen | undefined> {
  try {
    const result = await gateway.chat(customer.key, { model: 'killed', max_tokens: 50, stream: streaming, user, messages: say() })
    if (result.status !== 200) assert.fail(`${result.status}: ${result.text}`)
    const request = header(result, 'x-request-id') ?? ''
    if (!streaming) return { user, request, whole: result.complete, tokens: result.complete ? tokensOf(user) : 0 }
    const { done, pieces } = chatStream(result.body)
    return { user, request, whole: done === 1, tokens: pieces }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
    return undefined
  }
}

/**
 * Every answer that was received completely is charged exactly once and exactly; of the others at most what was
 * delivered, or one unconfirmed answer for each connection of a kill; nothing is held; the ledger verifies.
 */
async function assertCharged(gateway: Gateway, customer: Customer, seen: Seen[], kills: number, broken: number): Promise<string> {
  const balance = await assertSettled(gateway.api, customer.organization, RECOVERED_WITHIN_MS)
  const whole = seen.filter((one) => one.whole)
  assert.ok(whole.length >= kills * WORKERS, `a real load: ${whole.length} whole answers, ${broken} without a head`)
  const records = await eventually(
    async () => {
      const all = await gateway.api.records({ organization: customer.organization, limit: '500' })
      const recorded = new Set(all.map((record) => record.id))
      const missing = whole.filter((one) => !recorded.has(one.request))
      assert.deepEqual(missing.slice(0, 3), [], `${missing.length} records are missing`)
      return all
    },
    20_000,
    500,
  )
  assert.equal(new Set(records.map((record) => record.id)).size, records.length, 'one record a request')
  const byId = new Map(records.map((record) => [record.id, record]))
  for (const one of whole)
    assert.equal(costOf(byId.get(one.request)), BigInt(tokensOf(one.user)) * TOKEN, JSON.stringify(byId.get(one.request)))
  for (const one of seen.filter((other) => !other.whole)) {
    const record = byId.get(one.request)
    if (record === undefined || record.delivery === 'unconfirmed') continue
    assert.ok(costOf(record) <= BigInt(one.tokens) * TOKEN, `${record.cost} for ${one.tokens} delivered tokens`)
  }
  const known = new Set(seen.map((one) => one.request))
  const charged = records.filter((record) => costOf(record) > 0n && !whole.some((one) => one.request === record.id))
  assert.ok(charged.length <= kills * WORKERS, `${charged.length} charged beyond the whole answers`)
  for (const record of charged.filter((other) => !known.has(other.id))) assert.equal(record.delivery, 'unconfirmed', JSON.stringify(record))
  assert.equal(
    records.reduce((sum, record) => sum + costOf(record), 0n),
    nano(balance.posted),
    'the records add up to the balance',
  )
  return `${kills} kills, ${whole.length} whole answers charged once each, ${seen.length - whole.length + broken} broken off, ${balance.posted} in all`
}

function costOf(record: RequestRecord | undefined): bigint {
  return record === undefined ? -1n : nano(record.cost)
}
