import { balance, charge, expectThat as op, grant, hold, quotaLeg, refund, settle, wallet, WALLET, walletLeg, type Case } from './build.ts'

const R = 'quota:requests@total'
const T = 'quota:tokens@total'
const DAY = 86_400_000

/** Three requests; tokens by the step, two for the prompt. */
const legs = (requests = 3n, tokens = 20n) => [
  quotaLeg('quota:requests', requests),
  quotaLeg('quota:tokens', tokens, { measure: { fixed: 2_000_000n, perStep: 1_000_000n } }),
  walletLeg(),
]

const opening = (amount = 100n) => [op(wallet()), op(grant('g', amount))]

/** Nano-units a step: 5. */
const taking = (steps: number, more = {}) => ({
  legs: legs(),
  measure: { fixed: 0n, perStep: 5_000_000n },
  steps: { min: steps, max: steps },
  ...more,
})

const counts = (requests: bigint, tokens: bigint) => ({ counts: { 'quota:requests': requests, 'quota:tokens': tokens } })

/** Quotas and fees: M3, M4, M6, M8, M9 in other units than money. */
export const QUOTAS: Case[] = [
  {
    name: 'M3: a quota is held by a measure of its own, in the same decision as the wallet',
    events: () => [
      ...opening(),
      op(hold('r.0', 0n, taking(4)), {
        status: 'ok',
        held: [
          { account: R, unit: 'quota:requests', amount: 1n },
          { account: T, unit: 'quota:tokens', amount: 6n },
          { account: WALLET, unit: 'USD', amount: 20n },
        ],
      }),
      balance(R, { granted: 3n, held: 1n }),
      balance(T, { granted: 20n, held: 6n }),
      op(settle('r', 10n, counts(1n, 4n)), { status: 'ok', settlement: { posted: 10n, excess: 0n, absorbed: 0n } }),
      balance(R, { posted: 1n, held: 0n }),
      balance(T, { posted: 4n, held: 0n }),
      balance(WALLET, { posted: 10n, held: 0n }),
    ],
  },
  {
    name: 'M4: the quota that lacks room names the refusal, and nothing is held',
    events: () => [
      ...opening(),
      op(hold('a.0', 0n, taking(19)), {
        status: 'insufficient',
        reserved: false,
        leg: 1,
        shortfalls: [{ leg: 1, account: T, unit: 'quota:tokens', required: 21n, available: 20n, held: 0n, resetsAt: null }],
        steps: 18,
      }),
      balance(R, { held: 0n }),
      balance(WALLET, { held: 0n }),
      op(hold('b.0', 0n, taking(1, { steps: { min: 1, max: 99 } })), { status: 'ok', steps: 18 }),
      op(hold('c.0', 0n, taking(1)), { status: 'insufficient', reserved: true, leg: 1 }),
    ],
  },
  {
    name: 'M6: a quota books the whole of what was used, and may end below zero',
    events: () => [
      ...opening(),
      op(hold('r.0', 0n, taking(1))),
      op(settle('r', 5n, counts(1n, 33n))),
      balance(T, { posted: 33n, held: 0n, available: -13n }),
      balance(WALLET, { posted: 5n }),
      op(hold('s.0', 0n, taking(0)), { status: 'insufficient', reserved: false, leg: 1 }),
    ],
  },
  {
    name: 'M6: cost beyond the holds is no use of a quota',
    events: () => [
      ...opening(),
      op(hold('r.0', 0n, taking(1))),
      op(settle('r', 9n, counts(1n, 3n)), { status: 'ok', settlement: { posted: 5n, excess: 4n, absorbed: 0n } }),
      balance(R, { posted: 1n }),
      balance(T, { posted: 3n }),
    ],
  },
  {
    name: 'M20: what is void counts nothing; what is free is counted',
    events: () => [
      ...opening(),
      op(hold('a.0', 0n, taking(1))),
      op(settle('a', 0n)),
      balance(R, { posted: 0n, held: 0n }),
      op(hold('b.0', 0n, taking(1, { measure: { fixed: 0n, perStep: 0n } }))),
      op(settle('b', 0n, counts(1n, 2n))),
      balance(R, { posted: 1n, held: 0n }),
      balance(T, { posted: 2n, held: 0n }),
      op(hold('b.1', 0n, taking(1)), { status: 'already_posted' }),
    ],
  },
  {
    name: 'M13: over slices, a request is counted once and its tokens in order',
    events: () => {
      const further = legs().map((leg) => (leg.kind === 'cap' && leg.measure ? { ...leg, measure: { ...leg.measure, fixed: 0n } } : leg))
      return [
        ...opening(),
        op(hold('r.0', 0n, taking(2))),
        op(hold('r.1', 0n, taking(2, { legs: further, mark: 5n, ...counts(1n, 3n) }))),
        balance(R, { held: 1n }),
        balance(T, { held: 6n }),
        op(settle('r', 15n, { slices: 2, ...counts(1n, 5n) })),
        balance(R, { posted: 1n, held: 0n }),
        balance(T, { posted: 5n, held: 0n }),
      ]
    },
  },
  {
    name: 'M5: the same settle with other counts is not the same',
    events: () => [
      ...opening(),
      op(hold('r.0', 0n, taking(1))),
      op(settle('r', 5n, counts(1n, 3n))),
      op(settle('r', 5n, counts(1n, 3n)), 'exists'),
      op(settle('r', 5n, counts(1n, 4n)), 'exists_with_different_counts'),
      op(settle('r', 5n), 'exists_with_different_counts'),
    ],
  },
  {
    name: 'M9: the refund of the last of a charge gives back what was counted, once',
    events: () => [
      ...opening(),
      op(hold('r.0', 0n, taking(2))),
      op(settle('r', 10n, counts(1n, 4n))),
      op(refund('f', 'r', 4n)),
      balance(T, { posted: 4n }),
      op(refund('h', 'r'), { status: 'ok', amount: 6n }),
      balance(R, { posted: 0n }),
      balance(T, { posted: 0n }),
      op(refund('i', 'r'), 'exceeds_remaining'),
    ],
  },
  {
    name: 'M9: a request that cost nothing gives back what it counted, once',
    events: () => [
      ...opening(),
      op(hold('r.0', 0n, taking(1, { measure: { fixed: 0n, perStep: 0n } }))),
      op(settle('r', 0n, counts(1n, 3n))),
      op(refund('f', 'r'), { status: 'ok', amount: 0n }),
      balance(R, { posted: 0n }),
      balance(T, { posted: 0n }),
      op(refund('h', 'r'), 'exceeds_remaining'),
    ],
  },
  {
    name: 'M8: a quota follows its anchor; what was held before posts there',
    events: (start) => {
      const anchor = new Date(start - DAY).toISOString()
      const quota = quotaLeg('quota:requests', 1n, { period: `R/${anchor}/P1M` })
      const both = { legs: [quota, walletLeg()] }
      return [
        ...opening(),
        op(hold('a.0', 1n, both)),
        op(hold('b.0', 1n, both), { status: 'insufficient', reserved: true, leg: 0 }),
        { advance: 31 * DAY },
        op(hold('b.0', 1n, both)),
        op(settle('a', 1n, { counts: { 'quota:requests': 1n } })),
        balance(`quota:requests@${anchor}`, { posted: 1n, held: 0n }),
        op(refund('f', 'a')),
        balance(`quota:requests@${anchor}`, { posted: 1n }),
        op(hold('c.0', 1n, both), { status: 'insufficient', reserved: true, leg: 0 }),
      ]
    },
  },
  {
    name: 'M3: a leg measures by itself if and only if its unit is a quota',
    events: () => [
      ...opening(),
      op(hold('a.0', 1n, { legs: [quotaLeg('quota:requests', 1n, { unit: 'cap:USD' })] }), { status: 'operation_invalid', member: 'legs' }),
      op(hold('a.0', 1n, { legs: [{ kind: 'cap', base: 'q', unit: 'quota:tokens', period: 'total', zone: 'UTC', limit: 1n }] }), {
        status: 'operation_invalid',
        member: 'legs',
      }),
      op(hold('a.0', 1n, { legs: [quotaLeg('quota:requests', 1n, { period: 'R/never/P1M' })] }), {
        status: 'operation_invalid',
        member: 'legs',
      }),
      op(settle('a', 1n, { counts: { USD: 1n } }), { status: 'operation_invalid', member: 'counts' }),
    ],
  },
  {
    name: 'M4: a fee is charged once for its id, or not at all',
    events: () => [
      ...opening(10n),
      op(charge('fee', 11n), { status: 'insufficient', reserved: false }),
      op(charge('fee', 7n), { status: 'ok', amount: 7n }),
      op(charge('fee', 7n), 'exists'),
      op(charge('fee', 6n), 'exists_with_different_amount'),
      balance(WALLET, { posted: 7n, available: 3n }),
      op(hold('r.0', 3n)),
      op(charge('next', 2n), { status: 'insufficient', reserved: true }),
      op(charge('none', 2n, 'none'), 'account_unknown'),
      op(charge('zero', 0n), { status: 'operation_invalid', member: 'amount' }),
    ],
  },
  {
    name: 'M4: a fee of an account in arrears goes down to its credit limit',
    events: () => [
      op(wallet(0n, 40n)),
      op(charge('fee', 41n), 'insufficient'),
      op(charge('fee', 40n)),
      balance(WALLET, { available: -40n, debt: 40n }),
      op(grant('g', 50n)),
      balance(WALLET, { available: 10n, debt: 0n }),
    ],
  },
]
