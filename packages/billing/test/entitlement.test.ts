import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entitlementOf, fitsModel, PlanBook, type Collected, type Held, type PlanVersion } from '@faregate/billing'
import { at, DAY, plan, subscription, wanted } from './support.ts'

const NOW = at('2027-02-10')
const ACTIVE = { paidUntil: at('2027-02-28'), anchor: at('2027-01-31'), periods: 1 }
const SOLD = plan({ models: ['gpt-*'], exclusive: true })

function held(version: PlanVersion, more: Parameters<typeof subscription>[2] = ACTIVE): Held {
  return { subscription: subscription(version, at('2027-01-31'), { plan: version.name, version: version.version, ...more }), version }
}

describe('what plans say of a model', () => {
  it('without a plan that has it exclusively, it is sold from the balance', () => {
    assert.equal(entitlementOf([], [], wanted('gpt-5'), NOW).kind, 'balance')
    assert.equal(entitlementOf([plan({ models: ['gpt-*'] })], [], wanted('gpt-5'), NOW).kind, 'balance')
    assert.equal(entitlementOf([SOLD], [], wanted('claude'), NOW).kind, 'balance')
  })

  it('an exclusive one is sold to who has no plan, as an upgrade to who has another, and not at all where none is listed', () => {
    const other = plan({ name: 'other', models: ['claude'] })
    const required = entitlementOf([SOLD], [], wanted('gpt-5'), NOW)
    assert.ok(required.kind === 'sold' && required.by === 'subscription')
    assert.equal(required.sales[0]?.dueNow, SOLD.price)
    const upgrade = entitlementOf([SOLD, other], [held(other)], wanted('gpt-5'), NOW)
    assert.ok(upgrade.kind === 'sold' && upgrade.by === 'upgrade')
    assert.equal(upgrade.sales[0]?.change, 'sub_1')
    const asked = entitlementOf([{ ...SOLD, approval: true }], [], wanted('gpt-5'), NOW)
    assert.ok(asked.kind === 'sold' && asked.by === 'approval')
    assert.equal(entitlementOf([{ ...SOLD, listed: false }], [], wanted('gpt-5'), NOW).kind, 'unsold')
  })

  it('what blocks a subscription names the refusal, before what else could be bought', () => {
    const paused = entitlementOf([SOLD], [held(SOLD, { ...ACTIVE, pausedAt: NOW })], wanted('gpt-5'), NOW)
    assert.ok(paused.kind === 'blocked' && paused.blocker === 'subscription_paused' && paused.due.length === 0)
    const due = entitlementOf([SOLD], [held(SOLD, {}), held(SOLD, { ...ACTIVE, cancelAt: NOW })], wanted('gpt-5'), NOW)
    assert.ok(due.kind === 'blocked' && due.blocker === 'subscription_incomplete')
    assert.deepEqual([due.also, due.due], [['subscription_cancelled'], ['sub_1']])
  })

  it('several subscriptions add up: each in turn, the one that ends first before the others, then use beyond them', () => {
    const quotas = [{ counts: 'requests' as const, models: 'gpt-*', limit: 5, overage: '1.5' }]
    const first = plan({ name: 'first', models: ['gpt-*'], priceFactor: '0', quotas })
    const second = plan({ name: 'second', models: ['*'], quotas: [{ counts: 'tokens', models: 'claude*', limit: 5, overage: null }] })
    const longer = { ...ACTIVE, paidUntil: at('2027-03-31') }
    const found = entitlementOf([first, second], [held(second, longer), held(first)], wanted('gpt-5'), NOW)
    assert.ok(found.kind === 'offers')
    assert.deepEqual(
      found.offers.map(({ plan: name, rule, quotas: refs }) => [name, rule.factor, refs.map(({ base, limit }) => [base, limit])]),
      [
        ['first', '0', [['quota:sub_1:requests:gpt-*', 5n]]],
        ['second', '1', []],
        ['first', '1.5', []],
      ],
    )
  })

  it('for a quota that is used up, only plans with more are for sale, newer versions of the own one too', () => {
    const of = (limit: number, overage: string | null = null) => [{ counts: 'requests' as const, models: '*', limit, overage }]
    const own = plan({ quotas: of(10) })
    const newest = [
      plan({ version: 2, quotas: of(20) }),
      plan({ name: 'same', quotas: of(10) }),
      plan({ name: 'beyond', quotas: of(1, '2') }),
      plan({ name: 'unlimited' }),
      plan({ name: 'hidden', listed: false }),
    ]
    const found = entitlementOf(newest, [held(own)], wanted('m'), NOW)
    assert.ok(found.kind === 'offers')
    assert.deepEqual(
      found.sales.map((sale) => sale.plan),
      ['pro', 'beyond', 'unlimited'],
    )
    const ended = entitlementOf(
      [{ ...SOLD, version: 2 }],
      [held(plan({ models: ['other'] }), { ...ACTIVE, cancelAt: NOW })],
      wanted('gpt-5'),
      NOW,
    )
    assert.ok(ended.kind === 'sold' && ended.by === 'subscription', 'a version that has the model is for sale to who held one that had not')
  })

  it('a plan that has the model, but not for such requests, does not serve them: another does, as an upgrade, or none is for sale', () => {
    const chats = plan({ ...SOLD, name: 'chats', features: ['chat'] })
    const more = plan({ ...SOLD, name: 'more', features: ['chat', 'streaming'] })
    const streaming = wanted('gpt-5', 'chat', 'streaming')
    assert.equal(entitlementOf([chats], [held(chats)], wanted('gpt-5', 'chat'), NOW).kind, 'offers')
    const upgrade = entitlementOf([chats, more, SOLD], [held(chats)], streaming, NOW)
    assert.ok(upgrade.kind === 'sold' && upgrade.by === 'upgrade')
    assert.deepEqual([upgrade.sales.map((sale) => sale.plan), upgrade.lacking], [['more', 'pro'], ['streaming']])
    const unsold = entitlementOf([chats], [held(chats)], streaming, NOW)
    assert.deepEqual(unsold, { kind: 'unsold', lacking: ['streaming'] })
    const open = { ...chats, exclusive: false }
    assert.equal(
      entitlementOf([open], [held(open)], streaming, NOW).kind,
      'balance',
      'what is not sold by plan only is sold from the balance',
    )
  })

  it('the override that names the model most closely makes its price, and use beyond a quota has its own factor', () => {
    const quotas = [{ counts: 'requests' as const, models: '*', limit: 5, overage: '1.5' }]
    const prices = [
      { models: '*', factor: '0.9' },
      { models: 'gpt-5', price: { input: '1' } },
      { models: 'gpt-*', factor: '0.5' },
    ]
    const rules = (model: string) => {
      const terms = plan({ prices, priceFactor: '0.7', quotas })
      const found = entitlementOf([terms], [held(terms)], wanted(model), NOW)
      return found.kind === 'offers'
        ? found.offers.map(({ rule: { factor, price }, beyond = false }) => [price?.['input'] ?? factor, beyond])
        : found
    }
    assert.deepEqual(rules('gpt-5'), [
      ['1', false],
      ['1.5', true],
    ])
    assert.deepEqual(rules('gpt-4'), [
      ['0.5', false],
      ['1.5', true],
    ])
    assert.deepEqual(rules('claude'), [
      ['0.9', false],
      ['1.5', true],
    ])
  })

  it('quotas follow the anchor of the paid periods, and on trial its beginning', () => {
    const quotas = [{ counts: 'requests' as const, models: '*', limit: 5, overage: null }]
    const terms = plan({ quotas, trialDays: 14 })
    const period = (known: Parameters<typeof held>[1], now: number): string | undefined => {
      const found = entitlementOf([terms], [held(terms, known)], wanted('m'), now)
      return found.kind === 'offers' ? found.offers[0]?.quotas[0]?.period : undefined
    }
    assert.equal(period({}, NOW), 'R/2027-01-31T00:00:00.000Z/P1M')
    const paid = { paidUntil: at('2027-03-14'), anchor: at('2027-02-14') }
    assert.equal(period(paid, at('2027-02-20')), 'R/2027-02-14T00:00:00.000Z/P1M')
  })

  it('patterns are names, or have stars anywhere', () => {
    for (const [pattern, model, fits] of [
      ['gpt-5', 'gpt-5', true],
      ['gpt-5', 'gpt-5-nano', false],
      ['gpt-*', 'gpt-5', true],
      ['*-nano', 'gpt-5-nano', true],
      ['g*5*o', 'gpt-5-nano', true],
      ['a*a', 'a', false],
      ['*', '', true],
    ] as const) {
      assert.equal(fitsModel(pattern, model), fits, `${pattern} ${model}`)
    }
  })
})

describe('the book of plans', () => {
  function book(known: Held[], collect: () => Promise<Collected>, now = NOW) {
    const reads = { plans: 0, subscriptions: 0, collects: 0 }
    const clock = { time: now, now: () => clock.time }
    const source = {
      plans: async () => (reads.plans++, [SOLD]),
      subscriptions: async () => (reads.subscriptions++, known.map(({ subscription: one }) => one)),
      collect: () => (reads.collects++, collect()),
    }
    return { book: new PlanBook(source, clock), reads, clock, known }
  }

  it('remembers until it is told to forget, and tells the time for every request', async () => {
    const { book: plans, reads, clock } = book([held(SOLD)], async () => 'short')
    assert.equal((await plans.entitlement('org_1', wanted('gpt-5'))).kind, 'offers')
    const again = plans.entitlement('org_1', wanted('gpt-5'))
    assert.ok(!(again instanceof Promise), 'what is remembered is answered at once')
    assert.deepEqual([reads.plans, reads.subscriptions], [1, 1])
    clock.time = ACTIVE.paidUntil + 2 * DAY
    const grace = plans.entitlement('org_1', wanted('gpt-5'))
    assert.ok(!(grace instanceof Promise) && grace.kind === 'offers' && grace.offers[0]?.graceUntil !== undefined)
    clock.time = ACTIVE.paidUntil + 3 * DAY
    assert.equal((await plans.entitlement('org_1', wanted('gpt-5'))).kind, 'blocked')
    clock.time = NOW
    assert.equal((await plans.entitlement('org_1', wanted('gpt-5'))).kind, 'offers', 'a clock that goes back is taken at its word')
    plans.forget()
    await plans.entitlement('org_1', wanted('gpt-5'))
    assert.equal(reads.plans, 2)
  })

  it('200 requests that find a period due pay it once, and all are served', async () => {
    const one = held(SOLD, {})
    const { book: plans, reads } = book([one], async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      Object.assign(one.subscription, ACTIVE)
      return 'paid'
    })
    const found = await Promise.all(Array.from({ length: 200 }, async () => plans.entitlement('org_1', wanted('gpt-5'))))
    assert.deepEqual(new Set(found.map(({ kind }) => kind)), new Set(['offers']))
    assert.equal(reads.collects, 1)
    assert.equal(reads.subscriptions, 2, 'before the payment and after it')
  })

  it('however many ask at once, plans and subscriptions are read once', async () => {
    const { book: plans, reads } = book([held(SOLD)], async () => 'short')
    const ask = () => Promise.all(Array.from({ length: 200 }, async () => plans.entitlement('org_1', wanted('gpt-5'))))
    await ask()
    assert.deepEqual([reads.plans, reads.subscriptions], [1, 1])
    plans.forget()
    await ask()
    assert.deepEqual([reads.plans, reads.subscriptions], [2, 2])
  })
})
