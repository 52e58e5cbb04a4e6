import { balance, CAP, capLeg, expectThat as op, grant, hold, refund, settle, wallet, WALLET, walletLeg, type Case } from './build.ts'

const DAY = 86_400_000
const BOTH = [capLeg(50n), walletLeg()]
/** As a call has them that counts against all four. */
const CAPS = [
  capLeg(90n, { base: 'cap:key_1' }),
  capLeg(60n, { base: 'cap:user:org_1:00' }),
  capLeg(60n, { base: 'cap:team:team_1' }),
  capLeg(80n, { base: 'cap:org:org_1' }),
]

/** Admission: M3, M4, M12, M26, and what is wrong in itself. */
export const HOLDS: Case[] = [
  {
    name: 'M2: available is granted − expired − posted − held',
    events: () => [
      op(wallet()),
      op(grant('g', 100n)),
      op(hold('r.0', 30n)),
      balance(WALLET, { granted: 100n, held: 30n, available: 70n, posted: 0n, expired: 0n }),
    ],
  },
  {
    name: 'M3: a hold takes every leg or none',
    events: () => [
      op(wallet()),
      op(grant('g', 100n)),
      op(hold('r.0', 60n, { legs: BOTH }), { status: 'insufficient', reserved: false, leg: 0, also: [] }),
      balance(WALLET, { held: 0n }),
      balance(CAP, { granted: 50n, held: 0n }),
      op(hold('s.0', 50n, { legs: BOTH }), {
        status: 'ok',
        held: [
          { account: CAP, unit: 'cap:USD', amount: 50n },
          { account: WALLET, unit: 'USD', amount: 50n },
        ],
      }),
      balance(WALLET, { held: 50n }),
      balance(CAP, { held: 50n, available: 0n }),
    ],
  },
  {
    name: 'M3, M26: caps of key, user, team and organization count in one hold; the first in order that lacks room names the refusal',
    events: () => [
      op(wallet()),
      op(grant('g', 100n)),
      op(hold('r.0', 40n, { legs: [...CAPS, walletLeg()] })),
      ...CAPS.map(({ base }) => balance(`${base}@total`, { held: 40n })),
      op(settle('r', 25n)),
      ...CAPS.map(({ base }) => balance(`${base}@total`, { held: 0n, posted: 25n })),
      op(hold('s.0', 50n, { legs: [...CAPS, walletLeg()] }), { status: 'insufficient', reserved: false, leg: 1, also: [2] }),
      op(hold('t.0', 30n, { legs: [...CAPS, walletLeg()] })),
      op(hold('u.0', 10n, { legs: [...CAPS, walletLeg()] }), { status: 'insufficient', reserved: true, leg: 1, also: [2] }),
      op(settle('t', 0n)),
      op(refund('back', 'r', 20n)),
      ...CAPS.map(({ base }) => balance(`${base}@total`, { held: 0n, posted: 5n })),
      balance(WALLET, { available: 95n }),
    ],
  },
  {
    name: 'M4: the last nano-unit is admitted, one more is not',
    events: () => [
      op(wallet()),
      op(grant('g', 10n)),
      op(hold('a.0', 11n), { status: 'insufficient', reserved: false }),
      op(hold('b.0', 10n)),
      balance(WALLET, { available: 0n }),
    ],
  },
  {
    name: 'M4: a wallet in arrears is held down to its credit limit',
    events: () => [
      op(wallet(0n, 40n)),
      op(grant('g', 10n)),
      op(hold('a.0', 51n), 'insufficient'),
      op(hold('b.0', 50n)),
      balance(WALLET, { available: -40n, heldOnCredit: 40n }),
      op(settle('b', 30n)),
      balance(WALLET, { available: -20n, heldOnCredit: 0n, debt: 20n }),
      op(hold('c.0', 20n)),
    ],
  },
  {
    name: 'M4: a cap of zero admits nothing',
    events: () => [
      op(wallet()),
      op(grant('g', 10n)),
      op(hold('a.0', 1n, { legs: [capLeg(0n), walletLeg()] }), { status: 'insufficient', reserved: false, leg: 0 }),
      op(hold('b.0', 1n, { legs: [capLeg(9n), walletLeg()] }), { status: 'insufficient', reserved: false, leg: 0 }),
      balance(CAP, { granted: 0n, entries: 1n }),
    ],
  },
  {
    name: 'M4: a hold of nothing is admitted at zero',
    events: () => [op(wallet()), op(hold('a.0', 0n)), op(settle('a', 0n))],
  },
  {
    name: 'M4: a wallet that was never opened, or only named before, is unknown',
    events: () => [
      op(hold('a.0', 1n, { legs: [walletLeg('none')] }), 'account_unknown'),
      op(grant('g', 1n, { account: 'none' }), 'account_unknown'),
    ],
  },
  {
    name: 'M26: what only waits for own holds is reserved',
    events: () => [
      op(wallet()),
      op(grant('g', 100n)),
      op(hold('a.0', 60n)),
      op(hold('b.0', 50n), {
        status: 'insufficient',
        reserved: true,
        leg: 0,
        also: [],
        shortfalls: [{ leg: 0, account: WALLET, unit: 'USD', required: 50n, available: 40n, held: 60n, resetsAt: null }],
      }),
      op(hold('b.0', 100n), { status: 'insufficient', reserved: true }),
      op(hold('c.0', 101n), { status: 'insufficient', reserved: false }),
      op(settle('a', 60n)),
      op(hold('d.0', 50n), { status: 'insufficient', reserved: false }),
    ],
  },
  {
    name: 'M7, M26: what is held of credit that has expired meanwhile does not come back: waiting for it helps nobody',
    events: (start) => [
      op(wallet()),
      op(grant('soon', 60n, { expiresAt: start + DAY })),
      op(grant('later', 40n)),
      op(hold('a.0', 90n)),
      { advance: DAY },
      op(hold('b.0', 40n), { status: 'insufficient', reserved: true }),
      op(hold('c.0', 41n), {
        status: 'insufficient',
        reserved: false,
        shortfalls: [{ leg: 0, account: WALLET, unit: 'USD', required: 41n, available: 10n, held: 30n, resetsAt: null }],
      }),
      op(settle('a', 0n)),
      balance(WALLET, { expired: 60n, available: 40n }),
    ],
  },
  {
    name: 'M26: the first balance that waiting cannot help names the refusal, whatever else is reserved',
    events: () => [
      op(wallet()),
      op(grant('g', 45n)),
      op(hold('a.0', 40n, { legs: BOTH })),
      op(hold('b.0', 20n, { legs: BOTH }), { status: 'insufficient', reserved: true, leg: 0, also: [1] }),
      op(hold('c.0', 48n, { legs: BOTH }), { status: 'insufficient', reserved: false, leg: 1, also: [0] }),
      op(hold('d.0', 70n, { legs: BOTH }), { status: 'insufficient', reserved: false, leg: 0, also: [1] }),
    ],
  },
  {
    name: 'M26: a refusal tells how every leg stood, those with room too',
    events: () => [
      op(wallet()),
      op(grant('g', 45n)),
      op(hold('a.0', 40n, { legs: BOTH })),
      op(hold('b.0', 6n, { legs: BOTH }), {
        status: 'insufficient',
        legs: [
          { account: CAP, unit: 'cap:USD', required: 6n, available: 10n, held: 40n, resetsAt: null },
          { account: WALLET, unit: 'USD', required: 6n, available: 5n, held: 40n, resetsAt: null },
        ],
      }),
    ],
  },
  {
    name: 'M12: a flexible hold takes the most steps that every leg affords',
    events: () => [
      op(wallet()),
      op(grant('g', 100n)),
      op(hold('a.0', 0n, { legs: BOTH, measure: { fixed: 9_500_000n, perStep: 2_000_000n }, steps: { min: 1, max: 99 } }), {
        status: 'ok',
        steps: 20,
        held: [
          { account: CAP, unit: 'cap:USD', amount: 50n },
          { account: WALLET, unit: 'USD', amount: 50n },
        ],
      }),
      op(hold('b.0', 0n, { measure: { fixed: 0n, perStep: 1_000_000n }, steps: { min: 1, max: 7 } }), { status: 'ok', steps: 7 }),
    ],
  },
  {
    name: 'M12: where even the fewest steps do not fit, the refusal tells how many would',
    events: () => [
      op(wallet()),
      op(grant('g', 10n)),
      op(hold('a.0', 0n, { measure: { fixed: 3_000_000n, perStep: 2_000_000n }, steps: { min: 4, max: 9 } }), {
        status: 'insufficient',
        steps: 3,
        shortfalls: [{ leg: 0, account: WALLET, unit: 'USD', required: 11n, available: 10n, held: 0n, resetsAt: null }],
      }),
      op(hold('b.0', 0n, { measure: { fixed: 11_000_000n, perStep: 1n }, steps: { min: 0, max: 9 } }), {
        status: 'insufficient',
        steps: 0,
      }),
    ],
  },
  {
    name: 'M12: an outlook asks how far the balances reach, and holds nothing itself',
    events: () => [
      op(wallet()),
      op(grant('g', 100n)),
      op(hold('a.0', 0n, { measure: { fixed: 0n, perStep: 1_000_000n }, steps: { min: 8, max: 8 }, outlook: { min: 50, max: 400 } }), {
        status: 'ok',
        steps: 8,
        outlook: 100,
      }),
      balance(WALLET, { held: 8n }),
      op(hold('b.0', 0n, { measure: { fixed: 0n, perStep: 1_000_000n }, steps: { min: 8, max: 8 }, outlook: { min: 93, max: 400 } }), {
        status: 'insufficient',
        reserved: true,
        steps: 92,
      }),
    ],
  },
  {
    name: 'M1: one rounding, up, to the nano-unit',
    events: () => [
      op(wallet()),
      op(grant('g', 10n)),
      op(hold('a.0', 0n, { measure: { fixed: 1n, perStep: 1_000_000n }, steps: { min: 2, max: 2 } })),
      balance(WALLET, { held: 3n }),
    ],
  },
  {
    name: 'M1: amounts that 64 bits cannot carry are refused, not wrapped',
    events: () => [
      op(wallet()),
      op(grant('g', 2n ** 63n), { status: 'operation_invalid', member: 'amount' }),
      op(grant('g', 2n ** 63n - 1n)),
      op(grant('h', 1n), { status: 'operation_invalid', member: 'amount' }),
      op(hold('a.0', 2n ** 63n), { status: 'operation_invalid', member: 'measure' }),
      op(hold('a.0', 2n ** 63n - 1n)),
      op(settle('a', 2n ** 63n), { status: 'operation_invalid', member: 'cost' }),
      op(settle('a', 2n ** 63n - 1n)),
    ],
  },
  {
    name: 'M3: an operation that no state could accept names the member that is wrong',
    events: () => [
      op(wallet()),
      op(hold('a.0', 1n, { legs: [] }), { status: 'operation_invalid', member: 'legs' }),
      op(hold('a.0', 1n, { legs: [walletLeg(), walletLeg()] }), { status: 'operation_invalid', member: 'legs' }),
      op(hold('a.0', 1n, { legs: [capLeg(1n), capLeg(2n)] }), { status: 'operation_invalid', member: 'legs' }),
      op(hold('a.0', 1n, { legs: [capLeg(1n, { period: 'day', zone: 'Nowhere/None' })] }), { status: 'operation_invalid', member: 'legs' }),
      op(hold('a.0', 1n, { legs: [{ kind: 'wallet', id: WALLET, unit: 'EUR' }] }), { status: 'operation_invalid', member: 'legs' }),
      op(hold('a.0', 1n, { id: 'b.0' }), { status: 'operation_invalid', member: 'id' }),
      op(hold('a.0', 1n, { steps: { min: 2, max: 1 } }), { status: 'operation_invalid', member: 'steps' }),
      op(hold('a.0', -1n), { status: 'operation_invalid', member: 'measure' }),
      op(settle('a', -1n), { status: 'operation_invalid', member: 'cost' }),
      op(grant('g', 0n), { status: 'operation_invalid', member: 'amount' }),
      op(wallet(-1n), { status: 'operation_invalid', member: 'overdraft' }),
    ],
  },
]
