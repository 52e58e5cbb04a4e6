import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from '../support/decimal.ts'
import { audit } from './audit.ts'
import type { Facts } from './audit.ts'
import type { Seen } from './call.ts'
import { priceFor, wordsFor } from './served.ts'

const USER = '3-0'
const PRICE = priceFor(USER)
const TOKEN = 1_000_000n

const WHOLE: Seen = {
  user: USER,
  model: 'stream',
  streaming: true,
  status: 200,
  code: null,
  whole: true,
  words: wordsFor(USER),
  left: false,
}
const BROKEN: Seen = { ...WHOLE, whole: false, words: 4 }
const REFUSED: Seen = { ...WHOLE, whole: false, words: 0, status: 503, code: 'ledger_unavailable' }
const CLOSED: Seen = { ...REFUSED, status: 502, code: 'provider_error', model: 'fault-head-closed' }

/** One call, charged as told, and books that agree with it. */
function facts(seen: Seen, cost: bigint | null, more: Partial<Facts> = {}): Facts {
  const records = cost === null ? [] : [{ id: 'req_1', user: USER, cost: decimal(cost), delivery: 'confirmed' }]
  return {
    action: 'database-cut',
    killed: false,
    seen: [seen],
    calls: new Map([[USER, cost === null ? 0 : 1]]),
    records,
    spent: cost ?? 0n,
    held: 0n,
    verified: [],
    ...more,
  }
}

const unconfirmed = (cost: bigint): Partial<Facts> => ({
  action: 'kill',
  killed: true,
  records: [{ id: 'req_1', user: USER, cost: decimal(cost), delivery: 'unconfirmed' }],
})

/** What keeps every promise. */
const KEPT: [string, Facts][] = [
  ['a whole answer that was charged', facts(WHOLE, PRICE)],
  ['a whole fault of the catalogue', facts({ ...WHOLE, model: 'fault-usage-twice', words: 5 }, 5n * TOKEN + 10_000n)],
  [
    'an answer of the catalogue that could only be counted from below',
    facts({ ...WHOLE, model: 'fault-usage-absurd-output', words: 5 }, TOKEN),
  ],
  ['a refusal that the database excuses', facts(REFUSED, 0n)],
  ['a refusal without a record', facts(REFUSED, null)],
  ['a broken stream that was charged by what arrived', facts(BROKEN, 4n * TOKEN)],
  ['a caller who left, charged by the count of what was sent', facts({ ...BROKEN, left: true }, PRICE + 1_000n)],
  ['killed between the settle and the last byte', facts({ ...BROKEN, words: 0 }, PRICE, unconfirmed(PRICE))],
  ['two calls of an upstream that closes its connections, of which one was kept', facts(CLOSED, 0n, { calls: new Map([[USER, 2]]) })],
]

for (const [name, known] of KEPT) test(`the audit finds nothing wrong with ${name}`, () => assert.deepEqual(audit(known), []))

/** What breaks one, and how the audit names it. */
const PLANTED: [string, Facts, RegExp][] = [
  ['a whole answer that was not charged', facts(WHOLE, 0n), /whole answer was charged 0\.0/],
  ['a whole answer without a record', facts(WHOLE, null), /whole answer was charged 0\.0/],
  ['a whole answer charged one nano too much', facts(WHOLE, PRICE + 1n), /whole answer was charged/],
  ["a whole answer charged somebody else's price", facts(WHOLE, priceFor('3-1')), /whole answer was charged/],
  [
    'a fault of the catalogue charged beyond what is due',
    facts({ ...WHOLE, model: 'fault-usage-absurd-output', words: 5 }, 201n * TOKEN),
    /whole answer/,
  ],
  [
    'a whole answer that nobody knows to be delivered',
    facts(WHOLE, PRICE, { ...unconfirmed(PRICE), killed: false, action: 'stop' }),
    /not recorded as delivered/,
  ],
  ['a refusal that was charged', facts(REFUSED, 1n), /for what did not arrive/],
  ['no answer at all that was charged', facts({ ...REFUSED, status: null, code: null }, 1n), /for what did not arrive/],
  ['a broken stream charged beyond what arrived', facts(BROKEN, 5n * TOKEN), /for what did not arrive/],
  ['a stream without output that was charged', facts({ ...BROKEN, words: 0 }, 1n), /for what did not arrive/],
  [
    'an unconfirmed charge of a process that was not killed',
    facts(BROKEN, PRICE, { ...unconfirmed(PRICE), killed: false }),
    /for what did not arrive/,
  ],
  ['a confirmed charge of what a kill broke', facts(BROKEN, PRICE, { action: 'kill', killed: true }), /for what did not arrive/],
  [
    'a good key that is refused as unknown',
    facts({ ...REFUSED, status: 401, code: 'credential_invalid' }, null),
    /which nothing here excuses/,
  ],
  ['a refusal for lack of balance', facts({ ...REFUSED, status: 402, code: 'insufficient_balance' }, null), /which nothing here excuses/],
  ['a refusal by a gateway that was only killed', facts(REFUSED, null, { action: 'kill', killed: true }), /which nothing here excuses/],
  ['a mistake of its own', facts({ ...REFUSED, status: 500, code: 'gateway_misconfigured' }, null), /which nothing here excuses/],
  ['a refusal that gives no reason', facts({ ...REFUSED, code: null }, null), /which nothing here excuses/],
  [
    'two records of a call',
    facts(WHOLE, PRICE, { records: [...facts(WHOLE, PRICE).records, ...facts(WHOLE, 0n).records] }),
    /more than one record/,
  ],
  ['two calls of the upstream', facts(WHOLE, PRICE, { calls: new Map([[USER, 2]]) }), /called more than once/],
  ['three calls of an upstream that closes its connections', facts(CLOSED, 0n, { calls: new Map([[USER, 3]]) }), /called more than once/],
  ['an upstream that was called for nothing', facts(BROKEN, null, { calls: new Map([[USER, 1]]) }), /no record tells of it/],
  ['a record of nobody', facts({ ...WHOLE, user: '3-1', words: wordsFor('3-1') }, PRICE), /who never called/],
  ['a balance that lost more than the records tell', facts(WHOLE, PRICE, { spent: PRICE + 1n }), /the balance lost/],
  ['something that is still held', facts(WHOLE, PRICE, { held: 1n }), /is still held/],
  ['a ledger that does not verify', facts(WHOLE, PRICE, { verified: ['balance_equals_entries'] }), /verify: balance_equals_entries/],
]

for (const [name, known, says] of PLANTED) test(`the audit reports ${name}`, () => assert.match(audit(known).join('\n'), says))
