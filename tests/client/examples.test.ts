import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { buildClient } from '../../tools/build-client.ts'
import { BODY, startWorld, type World } from '../denials/world.ts'
import { answer, either, usage } from '../support/behaviours.ts'
import { openaiError, status } from '../support/faults.ts'
import { ROOT, type Customer } from '../support/gateway.ts'

const CLIENT = join(ROOT, 'packages/client')
const EXAMPLES = readdirSync(join(CLIENT, 'examples'))
  .filter((file) => file !== 'support.mjs')
  .toSorted()

interface Example {
  /** The model that is asked; absent: one that answers. */
  model?: string
  /** Whose key it is given. */
  customer(world: World): Promise<Customer>
  /** Makes what the example is about happen. */
  before?(world: World): unknown
  /** Written to the example when it asks. */
  says?(world: World, customer: Customer): Promise<string>
  prints: RegExp
}

const poor = (world: World): Promise<Customer> => world.gateway.customer('0.004')

/** A customer of a plan of the same name as the one model that it has, which nothing else sells. */
async function customerOf({ gateway }: World, name: string, terms: object, subscribe?: object): Promise<Customer> {
  const { api } = gateway
  const deployments = [{ provider: 'fake', model: 'plain' }]
  await api.expect(201, 'POST', '/api/models', { name, deployments, price: { input: '0', output: '1000' } })
  await api.expect(201, 'POST', '/api/plans', { name, price: '0', period: 'free', models: [name], exclusive: true, ...terms })
  const customer = await gateway.customer('1.00')
  if (subscribe !== undefined) await api.expect(201, 'POST', subscriptionsOf(customer), { plan: name, ...subscribe })
  return customer
}

const subscriptionsOf = ({ organization }: Customer): string => `/api/organizations/${organization}/subscriptions`

/** Something happens to the one subscription of a customer. */
async function happens({ gateway }: World, customer: Customer, event: object): Promise<void> {
  const { data } = await gateway.api.expect<{ data: { id: string }[] }>(200, 'GET', subscriptionsOf(customer))
  await gateway.api.expect(201, 'POST', `/api/subscriptions/${data[0]?.id}/events`, event)
}

const CASES: Record<string, Example> = {
  'billing.mjs': {
    customer: poor,
    says: async (world, { organization }) => {
      await world.gateway.api.grant(organization, '1.00')
      return 'yes\n'
    },
    prints: /^Acme's balance is 0\.004 USD; .+\nPaid, by "faregate grant org_\w+ 5\.00"\? \(yes\/no\) mended: paid\n200 for 0\.005\n$/,
  },
  'smaller-answer.mjs': { customer: poor, prints: /^max_tokens lowered to 4\n200\n$/ },
  'permission.mjs': {
    customer: (world) => world.gateway.customer('1.00', { models: ['other'] }),
    prints: /^needed: model:plain\nallow_model: org_admin\nuse_allowed_model: caller\n$/,
  },
  'spend-cap.mjs': {
    customer: (world) => world.gateway.customer('1.00', { cap: { amount: '0.004', period: 'month' } }),
    prints: /^0\.004 USD left, resets: \d{4}-.+\nwho can: org_admin faregate key update key_\w+ --cap [\d.]+\/month\n$/,
  },
  'configuration.mjs': {
    model: 'orphan',
    customer: (world) => world.gateway.customer('1.00'),
    prints: /^tell the operator: gateway_misconfigured, incident inc_\w+; charged: false\n$/,
  },
  'subscription.mjs': {
    model: 'monthly',
    customer: async (world) => {
      const customer = await customerOf(world, 'monthly', {}, {})
      await happens(world, customer, { event: 'cancel', at: 'now' })
      return customer
    },
    says: async (world, customer) => {
      await happens(world, customer, { event: 'renew' })
      return 'yes\n'
    },
    prints: /^subscription_cancelled: Acme's subscription .+\nDone, by "faregate subscription renew sub_\w+"\? \(yes\/no\) 200\n$/,
  },
  'approval.mjs': {
    model: 'reviewed',
    customer: (world) => customerOf(world, 'reviewed', { approval: true }),
    prints: /^approval_required: billing_admin can request_approval, by faregate subscription create org_\w+ reviewed --reason TEXT\n$/,
  },
  'quota.mjs': {
    model: 'metered',
    customer: (world) => customerOf(world, 'metered', { quotas: [{ counts: 'requests', models: 'metered', limit: 0 }] }, {}),
    prints: /^0 requests left until \d{4}-.+\nasked for 1000 requests a month: open\n$/,
  },
  'balance-tied-up.mjs': {
    customer: (world) => world.gateway.customer('0.12'),
    before: ({ upstream }) => upstream.on('plain', answer(usage(0, 1), { after: 500 })),
    prints: /^200 200 200 after waiting\n$/,
  },
  'rate-limit.mjs': {
    customer: (world) => world.gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per: 'second' }] }),
    prints: /^200 200 200 200 after waiting\n$/,
  },
  'provider-down.mjs': {
    customer: (world) => world.gateway.customer('1.00'),
    before: ({ upstream }) => upstream.on('plain', status(500, openaiError('x', 'server_error', null)), either(5, { usage: usage(0, 5) })),
    prints: /^provider_error waited\n200\n$/,
  },
  'wrong-key.mjs': { customer: (world) => world.gateway.customer(), prints: /^credential_invalid - .+\n$/ },
  'wrong-model.mjs': { customer: (world) => world.gateway.customer('1.00'), prints: /^using plain\n200\n$/ },
  'stream-ends.mjs': {
    model: 'endless',
    customer: (world) => world.gateway.customer('0.05'),
    prints: /^ended after some text, charged: true\n$/,
  },
  'openai.mjs': { customer: poor, prints: /^APIError 402 insufficient_balance: faregate grant org_\w+ 5\.00\n$/ },
  'anthropic.mjs': { customer: poor, prints: /^lowered\nmessage\n$/ },
}

describe('the examples of the client, with the package as it is published', () => {
  let world: World
  let folder: string

  before(async () => {
    world = await startWorld()
    folder = mkdtempSync(join(tmpdir(), 'faregate-client-'))
    const installed = join(folder, 'node_modules/@faregate/client')
    mkdirSync(installed, { recursive: true })
    buildClient(join(installed, 'dist'))
    cpSync(join(CLIENT, 'package.json'), join(installed, 'package.json'))
    cpSync(join(CLIENT, 'examples'), join(folder, 'examples'), { recursive: true })
    for (const name of ['openai', '@anthropic-ai']) symlinkSync(join(ROOT, 'tests/node_modules', name), join(folder, 'node_modules', name))
  })
  after(async () => {
    await world?.gateway.stop()
    await world?.upstream.close()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })

  test('each has its case here', () => {
    assert.deepEqual(Object.keys(CASES).toSorted(), EXAMPLES)
  })

  for (const [file, example] of Object.entries(CASES)) {
    test(`${file} does what it says`, async () => {
      world.upstream.on('plain', either(5, { usage: usage(0, 5) }))
      const customer = await example.customer(world)
      await example.before?.(world)
      const environment = { FAREGATE_URL: world.gateway.url, FAREGATE_KEY: customer.key, FAREGATE_MODEL: example.model ?? BODY.model }
      const says = example.says
      const printed = await ran(join(folder, 'examples', file), environment, says && (() => says(world, customer)))
      assert.match(printed, example.prints)
    })
  }
})

/** Runs a program; when it asks something, it is told. */
async function ran(file: string, environment: Record<string, string>, says?: () => Promise<string>): Promise<string> {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  let asked = false
  child.stderr.on('data', (piece: Buffer) => (output += piece.toString('utf8')))
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString('utf8')
    if (asked || says === undefined || !output.endsWith('? (yes/no) ')) return
    asked = true
    void says().then((line) => child.stdin.end(line))
  })
  const [code] = (await once(child, 'close')) as [number | null]
  assert.equal(code, 0, output)
  return output
}
