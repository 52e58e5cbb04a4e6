import { spanOf } from '../../src/period.ts'
import { adjust, balance, CAP, capLeg, expectThat as op, grant, hold, refund, reverse } from './build.ts'
import { settle, wallet, WALLET, walletLeg, type Case } from './build.ts'

const DAY = 86_400_000
const BOTH = [capLeg(500n), walletLeg()]

/** Lots (M7), periods (M8), refunds (M9). */
export const GRANTS: Case[] = [
  {
    name: 'M7: lots are spent by priority, then expiry with none last, then sequence',
    events: (start) => [
      op(wallet()),
      op(grant('late', 10n, { priority: 1 })),
      op(grant('never', 10n)),
      op(grant('soon', 10n, { expiresAt: start + DAY })),
      op(grant('first', 10n, { priority: -1 })),
      op(grant('later', 10n, { expiresAt: start + 2 * DAY })),
      op(hold('r.0', 35n)),
      op(reverse('x1', 'first'), { status: 'exceeds_remaining', remaining: 0n }),
      op(reverse('x2', 'soon'), { status: 'exceeds_remaining', remaining: 0n }),
      op(reverse('x3', 'later'), { status: 'exceeds_remaining', remaining: 0n }),
      op(reverse('x4', 'never', 6n), { status: 'exceeds_remaining', remaining: 5n }),
      op(settle('r', 12n)),
      op(reverse('x5', 'first'), { status: 'exceeds_remaining', remaining: 0n }),
      op(reverse('x6', 'soon'), { status: 'ok', amount: 8n }),
      op(reverse('x7', 'later'), { status: 'ok', amount: 10n }),
      op(reverse('x8', 'never', 4n), { status: 'ok', amount: 4n }),
      op(reverse('x8', 'never', 4n), { status: 'exists', amount: 4n }),
      op(reverse('x8', 'never', 5n), 'exists_with_different_amount'),
      op(reverse('x9', 'nothing'), 'grant_unknown'),
      balance(WALLET, { granted: 28n, posted: 12n, available: 16n }),
    ],
  },
  {
    name: 'M7: what has expired gives nothing to a new hold, whether or not a sweeper ran',
    events: (start) => [
      op(wallet()),
      op(grant('g', 10n, { expiresAt: start - 1 })),
      balance(WALLET, { granted: 10n, expired: 10n, available: 0n }),
      op(hold('r.0', 1n), { status: 'insufficient', reserved: false }),
    ],
  },
  {
    name: 'M7: a lot that expires while it is held can still be posted; what is released of it is breakage',
    events: (start) => [
      op(wallet()),
      op(grant('g', 10n, { expiresAt: start + DAY })),
      op(hold('r.0', 6n)),
      { advance: DAY },
      op(hold('s.0', 1n), 'insufficient'),
      balance(WALLET, { expired: 4n, held: 6n, available: 0n }),
      op(settle('r', 2n)),
      balance(WALLET, { expired: 8n, held: 0n, posted: 2n, available: 0n }),
    ],
  },
  {
    name: 'M7: one millisecond before its expiry a lot is spendable',
    events: (start) => [
      op(wallet()),
      op(grant('g', 10n, { expiresAt: start + DAY })),
      { advance: DAY - 1 },
      op(hold('r.0', 10n)),
      { advance: 1 },
      op(settle('r', 10n)),
      balance(WALLET, { expired: 0n, posted: 10n }),
    ],
  },
  {
    name: 'M8: a cap is one account per period, made by its first hold, and the next period starts afresh',
    events: (start) => {
      const legs = [capLeg(10n, { period: 'day' }), walletLeg()]
      const full = { leg: 0, unit: 'cap:USD', required: 1n, available: 0n, held: 10n }
      const [today, tomorrow] = [spanOf('day', 'UTC', start), spanOf('day', 'UTC', start + DAY)]
      return [
        op(wallet()),
        op(grant('g', 100n)),
        op(hold('a.0', 10n, { legs })),
        op(hold('b.0', 1n, { legs }), {
          status: 'insufficient',
          reserved: true,
          shortfalls: [{ ...full, account: `c@${today.start}`, resetsAt: today.until }],
        }),
        { advance: DAY },
        op(hold('b.0', 10n, { legs })),
        op(settle('a', 7n)),
        balance(`c@${today.start}`, { posted: 7n, held: 0n }),
        balance(`c@${tomorrow.start}`, { posted: 0n, held: 10n }),
      ]
    },
  },
  {
    name: 'M8: each slice counts in the period it was taken in',
    events: (start) => {
      const legs = [capLeg(20n, { period: 'day' }), walletLeg()]
      return [
        op(wallet()),
        op(grant('g', 100n)),
        op(hold('a.0', 10n, { legs })),
        { advance: DAY },
        op(hold('a.1', 10n, { legs })),
        op(settle('a', 17n, { slices: 2 })),
        balance(`c@${spanOf('day', 'UTC', start).start}`, { posted: 10n, held: 0n }),
        balance(`c@${spanOf('day', 'UTC', start + DAY).start}`, { posted: 7n, held: 0n }),
        balance(WALLET, { posted: 17n, held: 0n }),
      ]
    },
  },
  {
    name: 'M8: lowering a limit adjusts the running period and touches no hold',
    events: () => [
      op(wallet()),
      op(grant('g', 1000n)),
      op(hold('a.0', 400n, { legs: BOTH })),
      op(adjust('adj1', 100n), { status: 'ok', amount: 100n }),
      op(adjust('adj1', 100n), { status: 'exists', amount: 100n }),
      op(adjust('adj1', 101n), 'exists_with_different_cap'),
      balance(CAP, { granted: 100n, held: 400n, available: -300n }),
      op(hold('b.0', 50n, { legs: BOTH }), { status: 'insufficient', reserved: true, leg: 0 }),
      op(settle('a', 60n)),
      op(hold('b.0', 40n, { legs: BOTH })),
      balance(CAP, { available: 0n }),
    ],
  },
  {
    name: 'M8: an adjustment makes the account where no hold has yet',
    events: () => [
      op(wallet()),
      op(grant('g', 1000n)),
      op(adjust('adj1', 5n)),
      balance(CAP, { granted: 5n }),
      op(hold('a.0', 6n, { legs: BOTH }), { status: 'insufficient', leg: 0 }),
    ],
  },
  {
    name: 'M9: refunds add up to the charge at most',
    events: () => [
      op(wallet()),
      op(grant('g', 100n)),
      op(hold('r.0', 40n, { legs: BOTH })),
      op(refund('f0', 'r'), 'request_unknown'),
      op(settle('r', 30n)),
      op(refund('f1', 'r', 31n), { status: 'exceeds_remaining', remaining: 30n }),
      op(refund('f1', 'r', 12n), { status: 'ok', amount: 12n }),
      op(refund('f1', 'r', 12n), { status: 'exists', amount: 12n }),
      op(refund('f1', 'r', 13n), 'exists_with_different_amount'),
      op(refund('f2', 'r'), { status: 'ok', amount: 18n }),
      op(refund('f3', 'r'), { status: 'exceeds_remaining', remaining: 0n }),
      balance(WALLET, { posted: 0n, available: 100n }),
      balance(CAP, { posted: 0n, available: 500n }),
    ],
  },
  {
    name: 'M9: a refund goes back to the lots it came from, in reverse order',
    events: () => [
      op(wallet()),
      op(grant('a', 10n)),
      op(grant('b', 10n)),
      op(hold('r.0', 15n)),
      op(settle('r', 15n)),
      op(refund('f', 'r', 7n)),
      op(reverse('x', 'b'), { status: 'ok', amount: 10n }),
      op(reverse('y', 'a'), { status: 'ok', amount: 2n }),
    ],
  },
  {
    name: 'M9: what came from an expired lot becomes a new lot without expiry',
    events: (start) => [
      op(wallet()),
      op(grant('g', 10n, { expiresAt: start + DAY })),
      op(hold('r.0', 10n)),
      op(settle('r', 10n)),
      { advance: DAY },
      op(refund('f', 'r', 4n), { status: 'ok', amount: 4n }),
      { advance: 400 * DAY },
      balance(WALLET, { granted: 10n, posted: 6n, expired: 0n, available: 4n }),
      op(hold('s.0', 4n)),
      op(settle('s', 1n)),
      op(reverse('x', 'f'), { status: 'ok', amount: 3n }),
    ],
  },
  {
    name: 'M9: caps are credited only while their period is open',
    events: (start) => {
      const legs = [capLeg(20n, { period: 'day' }), capLeg(900n), walletLeg()]
      return [
        op(wallet()),
        op(grant('g', 100n)),
        op(hold('r.0', 10n, { legs })),
        op(settle('r', 10n)),
        op(refund('f1', 'r', 4n)),
        { advance: DAY },
        op(refund('f2', 'r', 6n)),
        balance(`c@${spanOf('day', 'UTC', start).start}`, { posted: 6n }),
        balance(CAP, { posted: 0n }),
        balance(WALLET, { posted: 0n }),
      ]
    },
  },
  {
    name: 'M9: what was debt is paid back first, what the operator absorbed is not refunded',
    events: () => [
      op(wallet(5n)),
      op(grant('g', 10n)),
      op(hold('r.0', 10n, { legs: BOTH })),
      op(settle('r', 40n), { status: 'ok', settlement: { posted: 10n, excess: 5n, absorbed: 25n } }),
      op(refund('f1', 'r', 16n), { status: 'exceeds_remaining', remaining: 15n }),
      op(refund('f1', 'r', 3n)),
      balance(WALLET, { debt: 2n, available: -2n, posted: 12n }),
      op(refund('f2', 'r')),
      balance(WALLET, { debt: 0n, available: 10n, posted: 0n }),
      balance(CAP, { posted: 25n }),
    ],
  },
  {
    name: 'M9: what was never charged cannot be refunded',
    events: () => [
      op(wallet()),
      op(grant('g', 10n)),
      op(hold('r.0', 10n)),
      op(settle('r', 0n)),
      op(refund('f', 'r'), { status: 'exceeds_remaining', remaining: 0n }),
      op(refund('f', 'nothing'), 'request_unknown'),
    ],
  },
  {
    name: 'M4: a wallet is opened once, and its limits can be changed',
    events: () => [
      op(wallet(5n)),
      op(wallet(5n), 'exists'),
      op(wallet(7n, 3n)),
      op({ ...wallet(7n, 3n), unit: 'EUR' }, 'exists_with_different_unit'),
      balance(WALLET, { overdraft: 7n, creditLimit: 3n }),
      op(hold('r.0', 3n)),
    ],
  },
]
