import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, usage } from '../support/behaviours.ts'
import { say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { openaiError, status } from '../support/faults.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { lockDatabase } from '../support/lock-database.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'
import { CLIENTS } from './clients/all.ts'
import type { SdkClient } from './clients/client.ts'
import { failuresOf, raised } from './clients/failures.ts'
import { startTap } from './tap.ts'
import type { Tap, Tapped } from './tap.ts'

/** One client of each package: those of a package ask again alike. */
const PACKAGES = CLIENTS.filter(({ name }, index) => CLIENTS.findIndex((other) => packageOf(other.name) === packageOf(name)) === index)
/** These two do as `x-should-retry` says; the others go by the status alone. */
const OBEDIENT = ['openai', '@anthropic-ai/sdk']
/** One thousandth a token. */
const PRICE = { input: '0', output: '1000' }
const TOKEN = 1_000_000n

function packageOf(name: string): string {
  return name.split(/:| with /)[0] ?? name
}

/** A provider and a model for each, for a provider's key that failed rests for a while. */
function modelOf(client: SdkClient): string {
  return `model-${PACKAGES.indexOf(client)}`
}

describe('E2, E4: what helps by waiting is asked again as the client does, and is charged once', () => {
  let upstream: Upstream
  let gateway: Gateway
  let tap: Tap
  let onHead: (tapped: Tapped) => unknown

  before(async () => {
    upstream = await startUpstream()
    const names = PACKAGES.map(modelOf)
    const providers = names.map((name) => ({ name, kind: 'openai-compatible', baseUrl: upstream.url, apiKey: `sk-${name}-test` }))
    const models = names.map((name) => [name, { deployments: [{ provider: name, model: name }], price: PRICE }])
    gateway = await startGateway({ config: { providers, models: Object.fromEntries(models) as Record<string, unknown> } })
    tap = await startTap(gateway.url, (tapped) => onHead(tapped))
  })
  beforeEach(() => {
    tap.seen.length = 0
    onHead = () => undefined
  })
  after(async () => {
    await tap?.close()
    await gateway?.stop()
    await upstream?.close()
  })

  function ask(client: SdkClient, { key }: Customer, stream = false): Promise<unknown> {
    return client.talk({ url: tap.url, key }, modelOf(client), { stream, tools: false }).ask()
  }

  function statuses(): number[] {
    return tap.seen.map((tapped) => tapped.status)
  }

  async function posted({ organization }: Customer): Promise<bigint> {
    return nano((await assertSettled(gateway.api, organization)).posted)
  }

  /** Whoever asks again is served in the end; whoever does not raises the class for that status. */
  async function assertEnds(client: SdkClient, asking: Promise<unknown>, refused: number, code: string): Promise<void> {
    const { attempts, classOf, read } = failuresOf(client.name)
    if (attempts > 1) return void (await asking)
    const error = await raised(asking)
    assert.ok(error instanceof classOf(refused), error.name)
    const { status: raisedStatus, code: raisedCode = code } = read(error)
    assert.deepEqual([raisedStatus, raisedCode], [refused, code])
  }

  /** Every refusal on the way said the same, and that asking again helps. */
  function assertRefusals(refused: number, code: string): void {
    const refusals = tap.seen.filter((tapped) => tapped.status !== 200)
    assert.ok(refusals.length > 0)
    for (const tapped of refusals) {
      assert.equal(tapped.status, refused)
      assert.equal(tapped.headers['x-should-retry'], 'true')
      assert.match(String(tapped.headers['faregate-denial']), new RegExp(`^${code};`))
      assert.ok(Number(tapped.headers['retry-after']) <= 60, String(tapped.headers['retry-after']))
    }
  }

  for (const client of PACKAGES) {
    const { attempts } = failuresOf(client.name)
    const served = attempts > 1 ? 1n : 0n

    test(`${client.name}: 429 balance_reserved, until the request in flight has ended`, async () => {
      const customer = await gateway.customer('0.6')
      const release = gate()
      upstream.on(modelOf(client), answer(usage(0, 5), { after: release.promise }), answer(usage(0, 5)))
      const first = gateway.chat(customer.key, { model: modelOf(client), messages: say(), max_tokens: 500 })
      await eventually(async () => assert.ok(nano((await gateway.api.balance(customer.organization)).held) > 0n))
      onHead = ({ status: said }) => said === 429 && release.open()
      await assertEnds(client, ask(client, customer), 429, 'balance_reserved')
      await first
      assertRefusals(429, 'balance_reserved')
      assert.equal(await posted(customer), 5n * TOKEN * (1n + served))
    })

    test(`${client.name}: 503 provider_rate_limited, until the provider serves again`, async () => {
      const customer = await gateway.customer('1.00')
      const limited = status(429, openaiError('slow down', 'requests', 'rate_limit_exceeded'), { 'retry-after': '1' })
      upstream.on(modelOf(client), limited, answer(usage(0, 5)))
      await assertEnds(client, ask(client, customer), 503, 'provider_rate_limited')
      assertRefusals(503, 'provider_rate_limited')
      assert.equal(await posted(customer), 5n * TOKEN * served)
    })
  }

  for (const client of PACKAGES.filter(({ name }) => OBEDIENT.includes(packageOf(name)))) {
    test(`${client.name}: 503 provider_account_unpaid is not asked again: x-should-retry says so`, async () => {
      const customer = await gateway.customer('1.00')
      upstream.on(modelOf(client), status(429, openaiError('You exceeded your current quota', 'insufficient_quota', 'insufficient_quota')))
      const error = await raised(ask(client, customer))
      assert.equal(failuresOf(client.name).read(error).status, 503)
      assert.match(error.message, /not your balance/i)
      assert.deepEqual(statuses(), [503])
    })
  }

  test('every client: 503 ledger_unavailable while the database is locked, at no charge', async () => {
    const customers = await Promise.all(PACKAGES.map(() => gateway.customer('1.00')))
    for (const client of PACKAGES) upstream.on(modelOf(client), answer(usage(0, 5)))
    const release = await lockDatabase(gateway.data)
    onHead = () => tap.seen.length >= PACKAGES.length && void release()
    const endings = PACKAGES.map((client, index) => {
      const customer = customers[index]
      assert.ok(customer)
      return assertEnds(client, ask(client, customer), 503, 'ledger_unavailable')
    })
    await Promise.all(endings).finally(release)
    assertRefusals(503, 'ledger_unavailable')
    const charges = await Promise.all(customers.map(posted))
    assert.deepEqual(
      charges,
      PACKAGES.map(({ name }) => (failuresOf(name).attempts > 1 ? 5n * TOKEN : 0n)),
    )
  })
})
