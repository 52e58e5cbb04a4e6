import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { applyEvent, dueOf, standingOf, type Subscription } from '@faregate/billing'
import { at, DAY, plan, subscription } from './support.ts'

const START = at('2027-01-31')
const PAID = { paidUntil: at('2027-02-28'), anchor: START, periods: 1 }

/** What is known, the plan, the time; the state then, and what stands in the way. */
const STATES: [string, Partial<Subscription>, Parameters<typeof plan>[0], string, string, string | undefined][] = [
  ['before anything is paid', {}, {}, '2027-01-31', 'incomplete', 'subscription_incomplete'],
  ['on trial', {}, { trialDays: 14 }, '2027-02-13T23:59:59.999Z', 'trialing', undefined],
  ['after the trial', {}, { trialDays: 14 }, '2027-02-14', 'expired', 'trial_ended'],
  ['while it is paid', PAID, {}, '2027-02-27T23:59:59.999Z', 'active', undefined],
  ['past due, in its grace', PAID, {}, '2027-02-28', 'past_due', undefined],
  ['past due, at the end of grace', PAID, {}, '2027-03-02T23:59:59.999Z', 'past_due', undefined],
  ['past due, after grace', PAID, {}, '2027-03-03', 'past_due', 'subscription_past_due'],
  ['past due without grace', PAID, { graceDays: 0 }, '2027-02-28', 'past_due', 'subscription_past_due'],
  ['past due until the period has passed', PAID, {}, '2027-03-30T23:59:59.999Z', 'past_due', 'subscription_past_due'],
  ['after an unpaid period', PAID, {}, '2027-03-31', 'unpaid', 'subscription_unpaid'],
  ['for one period only', { ...PAID, renews: false }, {}, '2027-02-28', 'expired', 'subscription_expired'],
  ['paused', { ...PAID, pausedAt: START }, {}, '2027-02-01', 'paused', 'subscription_paused'],
  ['cancelled at the end of its period, before that', { ...PAID, cancelAt: PAID.paidUntil }, {}, '2027-02-01', 'active', undefined],
  [
    'cancelled at the end of its period, after that',
    { ...PAID, cancelAt: PAID.paidUntil },
    {},
    '2027-02-28',
    'cancelled',
    'subscription_cancelled',
  ],
  ['waiting for approval', {}, { approval: true }, '2027-01-31', 'incomplete', 'approval_pending'],
  ['rejected', { approval: 'rejected' }, { approval: true }, '2027-01-31', 'incomplete', 'approval_rejected'],
  ['revoked', { ...PAID, approval: 'revoked' }, { approval: true }, '2027-02-01', 'incomplete', 'approval_rejected'],
  ['free, however long nobody looked', PAID, { price: 0n, period: 'free' }, '2029-01-01', 'active', undefined],
]

describe('how a subscription stands', () => {
  for (const [name, known, terms, now, state, blocker] of STATES) {
    it(`${name}: ${state}${blocker === undefined ? '' : `, ${blocker}`}`, () => {
      const found = standingOf(subscription(plan(terms), START, known), plan(terms), at(now))
      assert.deepEqual([found.state, found.blocker], [state, blocker])
      if (found.until !== null) assert.ok(found.until > at(now), 'what ends by itself has not ended yet')
    })
  }

  it('an event that cannot happen says why, and changes nothing', () => {
    const terms = plan()
    const active = subscription(terms, START, PAID)
    for (const event of [
      { type: 'approve', reason: null },
      { type: 'resume' },
      { type: 'renew' },
      { type: 'revoke', reason: 'r' },
    ] as const) {
      const applied = applyEvent(active, terms, event, START)
      assert.ok(!applied.ok && applied.message.length > 0, event.type)
    }
  })

  it('what was paused or has ended begins anew, and owes nothing for the time between', () => {
    const terms = plan()
    const later = at('2027-04-10')
    for (const [known, event] of [
      [{ ...PAID, pausedAt: START }, 'resume'],
      [{ ...PAID, cancelAt: PAID.paidUntil }, 'renew'],
      [{ ...PAID, renews: false }, 'renew'],
    ] as const) {
      const applied = applyEvent(subscription(terms, START, known), terms, { type: event }, later)
      assert.ok(applied.ok)
      assert.deepEqual(dueOf(applied.subscription, terms, later), { number: 2, from: later, until: at('2027-05-10'), anchor: later })
    }
  })
})

describe('the period that is due', () => {
  it('follows its anchor over the ends of months, leap days too', () => {
    const terms = plan()
    let known = subscription(terms, at('2028-01-31'), {})
    const ends: string[] = []
    for (let turn = 0; turn < 5; turn++) {
      const now = known.paidUntil ?? known.startedAt
      const period = dueOf(known, terms, now)
      assert.ok(period)
      assert.equal(dueOf(known, terms, now)?.number, turn + 1)
      const applied = applyEvent(known, terms, { type: 'paid', period }, now)
      assert.ok(applied.ok)
      known = applied.subscription
      assert.equal(dueOf(known, terms, now), undefined, 'what is paid is not due')
      ends.push(new Date(known.paidUntil ?? 0).toISOString().slice(0, 10))
    }
    assert.deepEqual(ends, ['2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31', '2028-06-30'])
  })

  it('begins where the last one ended as long as it runs, and else with its payment', () => {
    const known = subscription(plan(), START, PAID)
    assert.equal(dueOf(known, plan(), at('2027-03-20'))?.from, PAID.paidUntil)
    assert.deepEqual(dueOf(known, plan(), at('2027-05-05')), {
      number: 2,
      from: at('2027-05-05'),
      until: at('2027-06-05'),
      anchor: at('2027-05-05'),
    })
  })

  it('is none while it is on trial, paused, cancelled, not approved or over', () => {
    const now = at('2027-03-01')
    for (const [known, terms] of [
      [{}, { trialDays: 365 }],
      [{ ...PAID, pausedAt: START }, {}],
      [{ ...PAID, cancelAt: PAID.paidUntil }, {}],
      [{ approval: 'pending' as const }, { approval: true }],
      [{ ...PAID, renews: false }, {}],
    ] as const) {
      assert.equal(dueOf(subscription(plan(terms), START, known), plan(terms), now), undefined)
    }
  })

  it('of what is free goes on however long nobody looked', () => {
    const free = plan({ price: 0n, period: 'free' })
    const period = dueOf(subscription(free, START, PAID), free, at('2027-07-15'))
    assert.deepEqual([period?.from, period?.until], [at('2027-06-30'), at('2027-07-31')])
  })
})

/** Judges by what happened, day by day, and not by what is kept: nothing of it is taken from the machine. */
class Model {
  readonly #trial: number
  readonly #grace: number
  #paidUntil: number | undefined
  #paused = false
  #cancelAt = Number.POSITIVE_INFINITY

  constructor(start: number, trialDays: number, graceDays: number) {
    this.#trial = start + trialDays * DAY
    this.#grace = graceDays * DAY
  }

  pays(until: number): void {
    this.#paidUntil = until
  }

  pauses(): void {
    this.#paused = true
  }

  cancels(now: number): void {
    this.#cancelAt = Math.max(now, this.#paidUntil ?? 0, this.#trial > now ? this.#trial : 0)
    if ((this.#paidUntil ?? 0) > now) this.#cancelAt = this.#paidUntil ?? now
  }

  serves(now: number): boolean {
    if (now >= this.#cancelAt || this.#paused) return false
    if (now < this.#trial) return true
    return this.#paidUntil !== undefined && now < this.#paidUntil + this.#grace
  }
}

describe('the state machine', () => {
  it('serves exactly when an independent model says so, over thousands of random lives', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    for (let life = 0; life < 2_000; life++) {
      const terms = plan({ trialDays: random(3) * 10, graceDays: random(4) })
      let now = START + random(400) * DAY + random(DAY)
      let known = subscription(terms, now)
      const model = new Model(now, terms.trialDays, terms.graceDays)
      for (let step = 0; step < 12; step++) {
        now += random(20) * DAY + random(DAY)
        const does = ['pay', 'pay', 'pay', 'pause', 'cancel', 'wait'][random(6)]
        const period = does === 'pay' ? dueOf(known, terms, now) : undefined
        if (period !== undefined) {
          const applied = applyEvent(known, terms, { type: 'paid', period }, now)
          if (applied.ok) known = applied.subscription
          model.pays(period.until)
        }
        if (does === 'pause' || does === 'cancel') {
          const event = does === 'pause' ? ({ type: 'pause' } as const) : ({ type: 'cancel', at: 'period_end' } as const)
          const applied = applyEvent(known, terms, event, now)
          if (applied.ok) known = applied.subscription
          if (applied.ok && does === 'pause') model.pauses()
          if (applied.ok && does === 'cancel') model.cancels(now)
        }
        assert.equal(standingOf(known, terms, now).blocker === undefined, model.serves(now), `life ${life}, step ${step}`)
      }
    }
  })
})
