import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { answer, usage } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { CLIENTS } from './clients/all.ts'
import type { SdkClient } from './clients/client.ts'
import { failuresOf, raised } from './clients/failures.ts'
import { googleClient } from './clients/google.ts'
import { posted } from './cost.ts'
import { startTap } from './tap.ts'
import type { Tap } from './tap.ts'
import { stopVerified } from './world.ts'

const COARSE = { price: { input: '0', output: '1000' } }

describe('E1, E2: what the gateway refuses is raised by every official client as it documents', () => {
  let upstream: Upstream
  let gateway: Gateway
  let tap: Tap

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({ config: configuration(upstream, { m: COARSE, other: COARSE }) })
    tap = await startTap(gateway.url)
  })
  beforeEach(() => {
    tap.seen.length = 0
    upstream.on('m', answer(usage(5, 5)))
  })
  after(async () => {
    await tap?.close()
    await stopVerified(gateway)
    await upstream?.close()
  })

  /** Asks, and gives the statuses of every attempt. */
  async function ask(client: SdkClient, key: string, model = 'm', stream = false): Promise<number[]> {
    await client.talk({ url: tap.url, key }, model, { stream, tools: false }).ask()
    return tap.seen.map((tapped) => tapped.status)
  }

  interface Refusal {
    status: number
    code: string
    fix: string
    key: () => Promise<Partial<Customer> & { key: string }>
    model?: string
    /** Clients that write the model into the path have no such request. */
    except?: RegExp
  }

  const REFUSALS: Refusal[] = [
    { status: 400, code: 'request_invalid', fix: 'change_request', key: () => gateway.customer('1.00'), model: '', except: /google/ },
    { status: 401, code: 'credential_invalid', fix: 'authenticate', key: () => Promise.resolve({ key: 'sk-of-somebody-else' }) },
    { status: 402, code: 'insufficient_balance', fix: 'pay', key: () => gateway.customer('0.001') },
    { status: 403, code: 'permission_denied', fix: 'change_policy', key: () => gateway.customer('1.00', { models: ['other'] }) },
    { status: 404, code: 'model_unknown', fix: 'change_request', key: () => gateway.customer('1.00'), model: 'mm' },
  ]

  for (const client of CLIENTS) {
    const failures = failuresOf(client.name)

    for (const refusal of REFUSALS.filter(({ except }) => except?.test(client.name) !== true)) {
      for (const stream of [false, true]) {
        test(`${client.name}, ${stream ? 'streamed' : 'whole'}: ${refusal.status} ${refusal.code}, sent once`, async () => {
          const customer = await refusal.key()
          const error = await raised(ask(client, customer.key, refusal.model, stream))
          assert.ok(error instanceof failures.classOf(refusal.status), `${error.name} is no ${failures.classOf(refusal.status).name}`)
          const read = failures.read(error)
          assert.equal(read.status, refusal.status)
          if (read.code !== undefined) assert.equal(read.code, refusal.code)
          if (read.fixes !== undefined) assert.equal(read.fixes[0]?.kind, refusal.fix)
          assert.deepEqual(
            tap.seen.map((tapped) => tapped.status),
            [refusal.status],
          )
          assert.equal(tap.seen[0]?.headers['x-should-retry'], 'false')
          if (customer.organization !== undefined) {
            assert.equal(await posted(gateway.api, customer.organization), 0n)
          }
        })
      }
    }
  }

  test('@google/genai: 400 request_invalid, sent once', async () => {
    const { key } = await gateway.customer('1.00')
    const { read } = failuresOf('@google/genai')
    const asking = googleClient({ url: tap.url, key }).models.generateContent({
      model: 'm',
      contents: 'x',
      config: { maxOutputTokens: -1 },
    })
    const { status, code, fixes } = read(await raised(asking))
    assert.deepEqual([status, code, fixes?.[0]?.kind, tap.seen.length], [400, 'request_invalid', 'change_request', 1])
  })
})
