import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
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
import { posted } from './cost.ts'
import { startTap } from './tap.ts'
import type { Tap, Tapped } from './tap.ts'
import { stopVerified } from './world.ts'

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

const WHATS = ['reserved', 'limited', 'unpaid', 'locked'] as const

/** A provider and a model for each test, for a provider's key that failed rests for a while. */
function modelOf(client: SdkClient, what: (typeof WHATS)[number]): string {
  return `${what}-${PACKAGES.indexOf(client)}`
}

describe('E2, E4: what helps by waiting is asked again as the client does, and is charged once', () => {
  let upstream: Upstream
  let gateway: Gateway
  const taps: Tap[] = []

  before(async () => {
    upstream = await startUpstream()
    const names = PACKAGES.flatMap((client) => WHATS.map((what) => modelOf(client, what)))
    const providers = names.map((name) => ({ name, kind: 'openai-compatible', baseUrl: upstream.url, apiKey: `sk-${name}-test` }))
    const models = names.map((name) => [name, { deployments: [{ provider: name, model: name }], price: PRICE }])
    gateway = await startGateway({ config: { providers, models: Object.fromEntries(models) as Record<string, unknown> } })
  })
  after(async () => {
    await Promise.all(taps.map((tap) => tap.close()))
    await stopVerified(gateway)
    await upstream?.close()
  })

  async function tapped(onHead?: (answer: Tapped) => unknown): Promise<Tap> {
    const tap = await startTap(gateway.url, onHead)
    taps.push(tap)
    return tap
  }

  function ask(client: SdkClient, { key }: Customer, { url }: Tap, model: string): Promise<unknown> {
    return client.talk({ url, key }, model, { stream: false, tools: false }).ask()
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
  function assertRefusals({ seen }: Tap, refused: number, code: string): void {
    const refusals = seen.filter(({ status: said }) => said !== 200)
    assert.ok(refusals.length > 0)
    for (const { status: said, headers } of refusals) {
      assert.equal(said, refused)
      assert.equal(headers['x-should-retry'], 'true')
      assert.match(String(headers['faregate-denial']), new RegExp(`^${code};`))
      assert.ok(Number(headers['retry-after']) <= 60, String(headers['retry-after']))
    }
  }

  /** They wait, each for itself, so all of them wait at once. */
  describe('all at once', { concurrency: true }, () => {
    for (const client of PACKAGES) {
      const { attempts } = failuresOf(client.name)
      const served = attempts > 1 ? 1n : 0n

      test(`${client.name}: 429 balance_reserved, until the request in flight has ended`, async () => {
        const customer = await gateway.customer('0.6')
        const model = modelOf(client, 'reserved')
        const release = gate()
        upstream.on(model, answer(usage(0, 5), { after: release.promise }), answer(usage(0, 5)))
        const first = gateway.chat(customer.key, { model, messages: say(), max_tokens: 500 })
        await eventually(async () => assert.ok(nano((await gateway.api.balance(customer.organization)).held) > 0n))
        const tap = await tapped(({ status: said }) => said === 429 && release.open())
        await assertEnds(client, ask(client, customer, tap, model), 429, 'balance_reserved')
        await first
        assertRefusals(tap, 429, 'balance_reserved')
        assert.equal(await posted(gateway.api, customer.organization), 5n * TOKEN * (1n + served))
      })

      test(`${client.name}: 503 provider_rate_limited, until the provider serves again`, async () => {
        const customer = await gateway.customer('1.00')
        const model = modelOf(client, 'limited')
        const limited = status(429, openaiError('slow down', 'requests', 'rate_limit_exceeded'), { 'retry-after': '1' })
        upstream.on(model, limited, answer(usage(0, 5)))
        const tap = await tapped()
        await assertEnds(client, ask(client, customer, tap, model), 503, 'provider_rate_limited')
        assertRefusals(tap, 503, 'provider_rate_limited')
        assert.equal(await posted(gateway.api, customer.organization), 5n * TOKEN * served)
      })
    }

    for (const client of PACKAGES.filter(({ name }) => OBEDIENT.includes(packageOf(name)))) {
      test(`${client.name}: 503 provider_account_unpaid is not asked again: x-should-retry says so`, async () => {
        const customer = await gateway.customer('1.00')
        const model = modelOf(client, 'unpaid')
        upstream.on(model, status(429, openaiError('You exceeded your current quota', 'insufficient_quota', 'insufficient_quota')))
        const tap = await tapped()
        const error = await raised(ask(client, customer, tap, model))
        assert.equal(failuresOf(client.name).read(error).status, 503)
        assert.match(error.message, /not your balance/i)
        assert.deepEqual(
          tap.seen.map(({ status: said }) => said),
          [503],
        )
      })
    }
  })

  test('every client: 503 ledger_unavailable while the database is locked, at no charge', async () => {
    const customers = await Promise.all(PACKAGES.map(() => gateway.customer('1.00')))
    for (const client of PACKAGES) upstream.on(modelOf(client, 'locked'), answer(usage(0, 5)))
    const release = await lockDatabase(gateway.data)
    const tap = await tapped(() => tap.seen.length >= PACKAGES.length && void release())
    const endings = PACKAGES.map((client, index) => {
      const customer = customers[index]
      assert.ok(customer)
      return assertEnds(client, ask(client, customer, tap, modelOf(client, 'locked')), 503, 'ledger_unavailable')
    })
    await Promise.all(endings).finally(release)
    assertRefusals(tap, 503, 'ledger_unavailable')
    const charges = await Promise.all(customers.map(({ organization }) => posted(gateway.api, organization)))
    assert.deepEqual(
      charges,
      PACKAGES.map(({ name }) => (failuresOf(name).attempts > 1 ? 5n * TOKEN : 0n)),
    )
  })
})
