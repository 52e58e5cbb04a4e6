import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { chunk, endStream, openStream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'

const TOKEN = 1_000_000n
/** Tokens that the cap has room for in a month. */
const ROOM = 20
const IN_NOVEMBER = 14
const IN_DECEMBER = 14
const CLOCK = new URL('../support/jumping-clock.ts', import.meta.url)

describe('the end of a month in mid-stream', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({
      config: configuration(upstream, { spoken: { price: { input: '0', output: '1000' }, sliceTokens: 4 } }),
      env: {
        NODE_OPTIONS: `--import=${CLOCK.href}`,
        CLOCK_BEGINS: '2026-11-30T23:30:00Z',
        CLOCK_JUMPS_TO: '2026-12-01T00:00:01Z',
      },
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  /** When the cap of a key resets, by the gateway's own clock. */
  async function resetsAt(key: string): Promise<string> {
    const seen = json(await send(`${gateway.url}/v1/key`, { headers: { authorization: `Bearer ${key}` } }))
    return String((seen['caps'] as { resetsAt: string }[])[0]?.resetsAt)
  }

  /** What the ledger's accounts of the key's cap hold, by period. */
  function capsOf(keyId: string): Record<string, { posted: bigint; held: bigint }> {
    const database = new DatabaseSync(join(gateway.data, 'faregate.sqlite'), { readOnly: true })
    const rows = database.prepare(`SELECT id, posted, held FROM accounts WHERE id LIKE '%' || ? || '@%'`)
    rows.setReadBigInts(true)
    const found = rows.all(keyId) as { id: string; posted: bigint; held: bigint }[]
    database.close()
    return Object.fromEntries(found.map(({ id, posted, held }) => [id.slice(id.lastIndexOf('@') + 1), { posted, held }]))
  }

  test('M8: each slice counts in the month in which it was taken: a stream goes on after midnight that its cap would have ended', async (context) => {
    const customer = await gateway.customer('1.00', { cap: { amount: '0.02', period: 'month' } })
    assert.match(await resetsAt(customer.key), /^2026-12-01T00:00:00/)
    const [arrived, midnight] = [gate(), gate()]
    upstream.on('spoken', async (exchange) => {
      openStream(exchange)
      for (let i = 0; i < IN_NOVEMBER; i++) exchange.response.write(chunk(exchange.model, { content: ' the' }))
      await midnight.promise
      for (let i = 0; i < IN_DECEMBER; i++) exchange.response.write(chunk(exchange.model, { content: ' the' }))
      endStream(exchange, usage(0, IN_NOVEMBER + IN_DECEMBER))
    })
    let text = ''
    const running = gateway.chat(
      customer.key,
      { model: 'spoken', stream: true, max_tokens: 100, messages: say() },
      {
        onData: (piece) => {
          text += piece.toString('utf8')
          if (text.split('" the"').length > IN_NOVEMBER) arrived.open()
        },
      },
    )
    await arrived.promise
    gateway.signal('SIGUSR2')
    await eventually(async () => assert.match(await resetsAt(customer.key), /^2027-01-01T00:00:00/))
    midnight.open()
    const seen = chatStream((await running).body)
    assert.equal(seen.error, undefined)
    assert.equal(seen.done, 1)
    assert.equal(seen.pieces, IN_NOVEMBER + IN_DECEMBER)
    const balance = await assertSettled(gateway.api, customer.organization)
    assert.equal(nano(balance.posted), BigInt(IN_NOVEMBER + IN_DECEMBER) * TOKEN)
    const caps = capsOf(customer.keyId)
    assert.deepEqual(Object.keys(caps).toSorted(), ['2026-11', '2026-12'])
    const [november = 0n, december = 0n] = [caps['2026-11']?.posted, caps['2026-12']?.posted]
    assert.equal(november + december, BigInt(IN_NOVEMBER + IN_DECEMBER) * TOKEN)
    assert.ok(november >= BigInt(IN_NOVEMBER) * TOKEN && november <= BigInt(ROOM) * TOKEN, `${november} in November`)
    assert.ok(december > 0n && december <= BigInt(ROOM) * TOKEN, `${december} in December`)
    for (const { held } of Object.values(caps)) assert.equal(held, 0n)
    context.diagnostic(`${november / TOKEN} tokens counted in November, ${december / TOKEN} in December, ${ROOM} allowed in each`)
  })
})
