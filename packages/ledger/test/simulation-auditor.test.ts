import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { auditEntries, noCharge, type Charge } from '../sim/auditor/entries.ts'
import { auditExchanges, type Exchange } from '../sim/auditor/exchanges.ts'
import { Objection, type Rule } from '../sim/auditor/finding.ts'
import type { AccountRow, EntryRow, LotRow, RecordRow } from '../sim/auditor/shapes.ts'

/** A stream of ten tokens for a prompt of two, a nano-unit each, delivered whole by instance 1. */
const WHOLE: Exchange = {
  request: 'q',
  connection: 'c',
  instance: 1,
  kind: 'stream',
  price: { fee: 0n, input: 1_000_000n, output: 1_000_000n },
  prompt: 2,
  bound: { input: 2, output: 10 },
  usage: { input: 2, output: 10, final: true },
  produced: 10,
  accepted: 10,
  whole: true,
  unavailable: false,
  left: false,
  settling: { left: false, accepted: 10, complete: true },
  killed: false,
}
const PAID: Charge = { ...noCharge(), held: 20n, resolved: true, instance: 1, charged: 12n, charges: ['q.settle'] }
const RECORD: RecordRow = { id: 'q', cost: 12n, delivery: 'confirmed' }
const CUT: Partial<Exchange> = { whole: false, usage: undefined, accepted: 4, settling: { left: false, accepted: 4, complete: false } }
const RECOVERED = { memo: '{"recovered":true}', instance: 2 }

const EXCHANGES: [
  name: string,
  rule: Rule | 'none',
  exchange: Partial<Exchange>,
  charge: Partial<Charge>,
  record?: Partial<RecordRow> | null,
][] = [
  ['is paid for', 'none', {}, {}],
  ['was never settled', 'delivered_unpaid', {}, { resolved: false, held: 0n, charged: 0n }],
  ['was settled by another instance', 'delivered_unpaid', {}, RECOVERED],
  ['cost too little', 'delivered_unpaid', {}, { charged: 11n }],
  ['cost too much', 'charged_more_than_delivered', {}, { charged: 13n }],
  ['was charged twice', 'charged_twice', {}, { charged: 24n, charges: ['q.settle', 'q.again'] }],
  ['is still held', 'held_after_recovery', { whole: false }, { resolved: false, charged: 0n }],
  ['was cut, and is charged in part', 'none', CUT, { charged: 6n }, { cost: 6n }],
  ['was cut, and is charged whole', 'charged_more_than_delivered', CUT, {}],
  ['was cut, and is charged for less', 'charged_less_than_delivered', CUT, { charged: 5n }],
  ['was cut before its first token, and is charged', 'charged_undelivered', { ...CUT, accepted: 0, settling: undefined }, { charged: 2n }],
  ['was killed, and is charged up to its mark', 'none', { ...CUT, killed: true }, { ...RECOVERED, charged: 5n }, { cost: 5n }],
  ['was killed, and its mark was too high', 'charged_more_than_delivered', { ...CUT, killed: true }, { ...RECOVERED, charged: 7n }],
  [
    'was an answer whose caller was told that the ledger is away, and is charged',
    'charged_undelivered',
    { kind: 'answer', whole: false, unavailable: true },
    {},
  ],
  [
    'was an answer whose caller was told that the ledger is away, and is given back',
    'none',
    { kind: 'answer', whole: false, unavailable: true },
    { refunded: 12n },
  ],
  ['has no record', 'record_missing', {}, {}, null],
  ['has a record of another cost', 'record_differs', {}, {}, { cost: 11n }],
  ['has a record of an arrival that was none', 'record_differs', { whole: false, accepted: 0, killed: true }, {}, {}],
]

describe('the auditor of requests', () => {
  for (const [name, rule, exchange, charge, record] of EXCHANGES) {
    it(`${rule === 'none' ? 'agrees with' : `reports ${rule} of`} one that ${name}`, () => {
      const records = record === null ? [] : [{ ...RECORD, ...record }]
      const audit = (): unknown => auditExchanges([{ ...WHOLE, ...exchange }], new Map([['q', { ...PAID, ...charge }]]), records)
      expectRule(audit, rule)
    })
  }

  it('M24: reports a second answer on one connection that a kill left settled and not delivered', () => {
    const killed = { ...WHOLE, whole: false, killed: true }
    const charges = new Map([
      ['q', PAID],
      ['r', { ...PAID, charges: ['r.settle'] }],
    ])
    const records = [RECORD, { ...RECORD, id: 'r' }]
    expectRule(() => auditExchanges([killed, { ...killed, request: 'r', connection: 'd' }], charges, records), 'none')
    expectRule(() => auditExchanges([killed, { ...killed, request: 'r' }], charges, records), 'unconfirmed_twice_on_a_connection')
  })
})

const leg = (account: string, field: string, amount: bigint, lots?: [string, bigint][]): EntryRow['legs'][number] => {
  return { account, unit: account.startsWith('cap') ? 'cap:USD' : 'USD', amount, field, ...(lots === undefined ? {} : { lots }) }
}
const entry = (seq: bigint, id: string, kind: string, request: string | null, ...legs: EntryRow['legs']): EntryRow => {
  return { seq, id, kind, request, instance: 1, memo: '{}', legs }
}

/** A grant of 10, of which a request spends 4. */
const ENTRIES: EntryRow[] = [
  entry(1n, 'g', 'grant', null, leg('w', 'granted', 10n, [['g', 10n]]), leg('x', 'contra', -10n)),
  entry(2n, 'q.0', 'hold', 'q', leg('w', 'held', -6n, [['g', 6n]]), leg('x', 'contra', 6n)),
  entry(3n, 'q.settle', 'post', 'q', leg('w', 'held', 6n, [['g', -6n]]), leg('w', 'posted', -4n, [['g', 4n]]), leg('x', 'contra', -2n)),
]
const ACCOUNT: AccountRow = { id: 'w', unit: 'USD', kind: 'wallet', granted: 10n, expired: 0n, posted: 4n, held: 0n }
const LOT: LotRow = { id: 'g', account: 'w', granted: 10n, posted: 4n, held: 0n, expired: 0n, reversed: 0n }
const REFUND = entry(4n, 'f', 'refund', 'q', leg('w', 'posted', 5n), leg('x', 'contra', -5n))
const CAPPED = [
  entry(1n, 'c', 'adjust', null, leg('cap', 'granted', 3n), leg('cap-contra', 'contra', -3n)),
  entry(2n, 'q.0', 'hold', 'q', leg('cap', 'held', -4n), leg('cap-contra', 'contra', 4n)),
]
const spoilt = (index: number, change: Partial<EntryRow>): EntryRow[] =>
  ENTRIES.map((one, at) => (at === index ? { ...one, ...change } : one))

const BOOKS: [name: string, rule: Rule | 'none', entries: EntryRow[], account: Partial<AccountRow>, lot: Partial<LotRow>][] = [
  ['that agree', 'none', ENTRIES, {}, {}],
  ['with a gap', 'sequence_gap', spoilt(2, { seq: 4n }), {}, {}],
  ['with legs that do not add up', 'units_unbalanced', spoilt(0, { legs: [leg('w', 'granted', 10n)] }), {}, {}],
  ['with a balance of its own', 'account_is_not_its_entries', ENTRIES, { posted: 5n }, {}],
  ['with something held', 'held_after_recovery', ENTRIES.slice(0, 2), { posted: 0n, held: 6n }, { posted: 0n, held: 6n }],
  ['with a lot of its own', 'lot_is_not_its_entries', ENTRIES, {}, { posted: 5n }],
  ['with a lot that gave more than it had', 'lots_not_conserved', ENTRIES.map(overspent), { posted: 14n }, { posted: 14n }],
  ['with more given back than charged', 'refunded_above_charge', [...ENTRIES, REFUND], { posted: -1n }, {}],
  ['with a cap below nothing', 'below_floor', CAPPED, {}, {}],
]

function overspent(one: EntryRow): EntryRow {
  if (one.kind !== 'post') return one
  return { ...one, legs: [leg('w', 'held', 6n, [['g', -6n]]), leg('w', 'posted', -14n, [['g', 14n]]), leg('x', 'contra', 8n)] }
}

describe('the auditor of entries', () => {
  for (const [name, rule, entries, account, lot] of BOOKS) {
    it(`${rule === 'none' ? 'agrees with' : `reports ${rule} of`} books ${name}`, () => {
      expectRule(() => auditEntries(entries, [{ ...ACCOUNT, ...account }], [{ ...LOT, ...lot }]), rule)
    })
  }
})

function expectRule(audit: () => unknown, rule: Rule | 'none'): void {
  let broken: Rule | 'none' = 'none'
  try {
    audit()
  } catch (error) {
    assert.ok(error instanceof Objection, String(error))
    broken = error.rule
  }
  assert.equal(broken, rule)
}
