import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { chunk, endStream, openStream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { gate, within } from '../support/wait.ts'

const WORDS = 40
const TOKEN = 1_000_000n

describe('a stream is forwarded as it arrives', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({
      config: configuration(upstream, { spoken: { price: { input: '0', output: '1000' }, sliceTokens: 8 } }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  test('M13: no event is kept back: the upstream says each word only after the caller has the one before, over many slices', async () => {
    const customer = await gateway.customer('1.00')
    const arrived = Array.from({ length: WORDS }, () => gate())
    upstream.on('spoken', async (exchange) => {
      openStream(exchange)
      for (const [word, { promise }] of arrived.entries()) {
        exchange.response.write(chunk(exchange.model, { content: ` word-${word};` }))
        try {
          await within(5_000, `word ${word} of ${WORDS} to arrive before the next is sent`, promise)
        } catch (error) {
          late = error
          exchange.socket.destroy()
          return
        }
      }
      endStream(exchange, usage(0, WORDS))
    })
    let late: unknown
    let text = ''
    const result = await gateway.chat(
      customer.key,
      { model: 'spoken', stream: true, max_tokens: 1_000, messages: say() },
      {
        onData: (piece) => {
          text += piece.toString('utf8')
          for (const [, word] of text.matchAll(/ word-(\d+);/g)) arrived[Number(word)]?.open()
        },
      },
    )
    assert.ifError(late)
    assert.equal(result.complete, true)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), BigInt(WORDS) * TOKEN)
  })
})
