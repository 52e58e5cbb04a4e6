import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PAYMENT_COMMANDS } from '../../packages/cli/test/payment-commands.ts'
import { faregate } from '../support/cli.ts'
import { eventually } from '../support/wait.ts'
import { PaymentWorld } from './world.ts'

let world: PaymentWorld
before(async () => {
  world = await PaymentWorld.start('SQLite')
})
after(() => world?.stop())

const used = new Set<string>()

async function does(...args: string[]): Promise<string> {
  used.add(args.slice(0, 2).join(' '))
  const { code, stdout, stderr } = await faregate(args, world.gateway)
  assert.equal(code, 0, stderr)
  return stdout
}

/** The page that a command names first. */
const pageIn = (text: string) => world.stripe.sessionAt(text.split('\n')[0] ?? '')

test('the command line orders a top-up, lists it once it is paid, and gives it back', async () => {
  const { organization } = await world.gateway.customer()
  const ordered = await does('top-up', 'create', organization, '20.00')
  await world.stripe.tell(world.stripe.pay(pageIn(ordered)))
  const [, id = ''] = /^(pay_\w+): 20\.00 for /m.exec(ordered) ?? []
  assert.match(await does('top-up', 'list', organization), new RegExp(`^${id} +20\\.00 +0\\.00 +paid +by hand +gr_`, 'm'))
  assert.match(await does('top-up', 'refund', id, '--amount', '5.00'), new RegExp(`^tr_\\w+: 5\\.00 of ${id}, refunded\\.$`, 'm'))
  assert.match(await does('top-up', 'list', organization), new RegExp(`^${id} +20\\.00 +5\\.00 `, 'm'))
})

test('the command line saves payment methods, chooses and removes them', async () => {
  const { organization } = await world.gateway.customer()
  await world.stripe.save(pageIn(await does('payment-method', 'add', organization)))
  await world.stripe.save(pageIn(await does('payment-method', 'add', organization)))
  const listed = await does('payment-method', 'list', organization)
  const [, second = '', first = ''] = /^(pm_\w+) .*yes +no$[^]*^(pm_\w+) .*yes +yes$/m.exec(listed) ?? []
  assert.match(await does('payment-method', 'use', second), new RegExp(`^${second} is charged from now on\\.$`, 'm'))
  assert.match(await does('payment-method', 'remove', first), new RegExp(`^${first} is removed\\.$`, 'm'))
  assert.match(await does('payment-method', 'list', organization), new RegExp(`^${second} +card +visa +…\\d{4} +2039-12 +yes +yes$`, 'm'))
})

test('the command line sets an automatic top-up, shows how it stands, and ends it', async () => {
  const { organization } = await world.customer(undefined)
  const set = await does('auto-top-up', 'set', organization, '--below', '1.00', '--amount', '5.00', '--ceiling', '50.00')
  assert.match(set, /is topped up by 5\.00 when its balance is below 1\.00, by 50\.00 in a month at most\.$/m)
  await eventually(async () => assert.match(await does('auto-top-up', 'show', organization), /^paid this month +5\.00$[^]*^state +ready$/m))
  assert.match(await does('auto-top-up', 'off', organization), /is topped up by hand only\.$/m)
  const half = await faregate(['auto-top-up', 'set', organization, '--below', '1.00'], world.gateway)
  assert.deepEqual([half.code, /say --amount/.test(half.stderr)], [2, true])
})

test('the command line buys a plan', async () => {
  const { organization } = await world.gateway.customer()
  await world.gateway.api.expect(201, 'POST', '/api/plans', { name: 'pro', price: '9.00', period: 'month', models: ['plain'] })
  const bought = await does('subscription', 'checkout', organization, 'pro')
  assert.match(bought, /^9\.00 for pro v1 are to be paid there\.$/m)
  await world.stripe.tell(world.stripe.pay(pageIn(bought)))
  assert.match(await does('subscription', 'list', organization), /pro v1 +active/)
})

test('every command that needs a payment rail was run here', () => {
  assert.deepEqual(
    PAYMENT_COMMANDS.filter((name) => !used.has(name)),
    [],
  )
})
