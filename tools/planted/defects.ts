import type { Defect } from './defect.ts'
import { REFUSAL_DEFECTS } from './refusals.ts'

const ORDER = 'tests/money/order.test.ts'

/** What somebody could break, and the test that is there to say so. */
export const DEFECTS: Defect[] = [
  {
    name: 'a settle after the last byte',
    edits: [
      {
        file: 'packages/gateway/src/deliver/answer.ts',
        find: "  const refusal = await settle(delivery, cost, settleMemo(flow, called, consumption.estimated), 'void', consumption.buckets)\n",
        replace: '  const refusal = undefined\n  flow.cost = cost\n',
      },
      {
        file: 'packages/gateway/src/deliver/answer.ts',
        find: '  const delivered = await flow.outbound.end(body)\n',
        replace: `  const delivered = await flow.outbound.end(body)
  await settle(delivery, cost, settleMemo(flow, called, consumption.estimated), 'void')\n`,
      },
    ],
    caughtBy: {
      file: ORDER,
      names: [
        'what is durable before what, on SQLite',
        'M16: while the settle cannot be made durable the last byte is withheld, and then it comes (not streaming)',
      ],
    },
    because: /the last byte came before the settle was durable/,
  },
  {
    name: 'an answer of an API whose last bytes do not wait for the settle',
    edits: [
      {
        file: 'packages/gateway/src/apis/exchange.ts',
        find: "this.headers['content-length'] === undefined ? 0 : WITHHELD_BYTES",
        replace: '0 * WITHHELD_BYTES',
      },
    ],
    caughtBy: {
      file: 'tests/apis/order.test.ts',
      names: [
        'what is durable before what, for calls of an API, on SQLite',
        'M16: while the settle of a call cannot be made durable the last byte is withheld, and then it comes (a long one)',
      ],
    },
    because: /the last byte came before the settle was durable/,
  },
  {
    name: 'an upstream that is called before the hold is durable',
    edits: [
      {
        file: 'packages/gateway/src/reserve.ts',
        find: '    return await deps.ledger.submit(operation)\n',
        replace: `    deps.ledger.submit(operation).catch(() => undefined)
    return { status: 'ok', seq: 0n, at: 0, steps: plan.steps.max }\n`,
      },
    ],
    caughtBy: {
      file: ORDER,
      names: [
        'what is durable before what, on PostgreSQL',
        'M16: while the hold cannot be made durable the upstream is not called, and then it is (not streaming)',
      ],
    },
    because: /the upstream was called before the hold was durable/,
    needs: 'postgres',
  },
  {
    name: 'a balance that is checked before it is locked (in one process)',
    edits: [
      {
        file: 'packages/ledger/src/hold.ts',
        find: '  const available = availableOf(account)\n  return account',
        replace: `  const available = looked.get(account) ?? availableOf(account)
  looked.set(account, available)
  return account`,
      },
      {
        file: 'packages/ledger/src/hold.ts',
        find: 'function affordable(',
        replace: 'const looked = new WeakMap<AccountState, Nano>()\n\nfunction affordable(',
      },
    ],
    caughtBy: {
      file: 'tests/money/race.test.ts',
      names: [
        '500 parallel requests on SQLite',
        'M4: room for ten, and all but a billionth of an eleventh, serves ten when answers come at once',
      ],
    },
    because: /\d+ of 500 calls were served, there was room for 10/,
  },
  {
    name: 'a balance that is checked before it is locked (among replicas)',
    edits: [
      { file: 'packages/store/src/postgres/ledger-reads.ts', find: 'ORDER BY id FOR UPDATE', replace: 'ORDER BY id' },
      // A batch that takes its time, so that every run meets the moment in which another one looks.
      {
        file: 'packages/store/src/postgres/ledger-reads.ts',
        find: `SELECT value FROM counters WHERE name = 'entry' FOR UPDATE`,
        replace: `SELECT value, pg_sleep(0.1) FROM counters WHERE name = 'entry' FOR UPDATE`,
      },
    ],
    caughtBy: {
      file: 'tests/money/race-replicas.test.ts',
      names: ['three gateways on one PostgreSQL', 'M17: 500 parallel requests over all three against room for ten serve exactly ten'],
    },
    because: /\d+ of 500 calls were served, there was room for 10/,
    needs: 'postgres',
  },
  {
    name: 'a slice that nobody settles',
    edits: [{ file: 'packages/gateway/src/settle.ts', find: 'slices: reservation.slices,', replace: 'slices: 1,' }],
    caughtBy: {
      file: 'tests/money/streams.test.ts',
      names: [
        'a stream cannot overspend',
        'M13: with money for exactly 400 tokens an unending stream delivers at most 400 and charges what it delivered (endless)',
      ],
    },
    because: /still held: 0\.\d+/,
  },
  {
    name: 'a usage that is counted twice',
    edits: [
      {
        file: 'packages/gateway/src/stream/told.ts',
        find: '      this.usage = step.usage\n',
        replace: `      const [before, now] = [this.usage.ok ? (this.usage.buckets.output ?? 0) : 0, step.usage]
      this.usage = now.ok ? { ok: true, buckets: { ...now.buckets, output: before + (now.buckets.output ?? 0) } } : now\n`,
      },
    ],
    caughtBy: {
      file: 'tests/faults/sweep.test.ts',
      names: [
        'whatever the upstream does',
        'the caller gets what is due, and pays for no more',
        'M20, M22: fault-usage-cumulative, streaming: an upstream that sends its usage so far with each word: answer',
      ],
    },
    because: /charged 0\.020010000, due 0\.005010000/,
  },
  {
    name: 'a hold that leaks when the caller goes away',
    edits: [{ file: 'packages/gateway/src/deliver/nobody.ts', find: '  await release(delivery)\n', replace: '' }],
    caughtBy: {
      file: 'tests/faults/client.test.ts',
      names: [
        'a client that goes away',
        'M21: before the first byte: the upstream is let go within a second, nothing is charged, one record (not streaming)',
      ],
    },
    because: /still held: 0\.\d+/,
  },
  {
    name: 'a stream that is buffered',
    edits: [
      {
        file: 'packages/gateway/src/stream/relay.ts',
        find: '    if (this.#over || (this.#blocked && ',
        replace: '    if (this.#over || this.#upstreamOver === undefined || (this.#blocked && ',
      },
    ],
    caughtBy: {
      file: 'tests/money/unbuffered.test.ts',
      names: [
        'a stream is forwarded as it arrives',
        'M13: no event is kept back: the upstream says each word only after the caller has the one before, over many slices',
      ],
    },
    because: /word 0 of 40 to arrive before the next is sent: not within/,
  },
  {
    name: 'synchronous=OFF (SQLite)',
    edits: [{ file: 'packages/store/src/sqlite/connection.ts', find: "'synchronous = FULL'", replace: "'synchronous = OFF'" }],
    caughtBy: {
      file: ORDER,
      names: ['the order of system calls', 'M16: sync, then the call to the upstream, then sync, then the last byte (plain)'],
    },
    because: /the hold is synced: not after the hold is written/,
    needs: 'strace',
  },
  {
    name: 'synchronous_commit=off (PostgreSQL)',
    edits: [
      { file: 'packages/store/src/postgres/connect.ts', find: 'SET synchronous_commit TO on', replace: 'SET synchronous_commit TO off' },
    ],
    caughtBy: {
      file: 'tests/money/synchronous.test.ts',
      names: [
        'how PostgreSQL commits',
        'M17: every hold and settle is committed synchronously, even where that was switched off for the database while it ran',
      ],
    },
    because: /synchronous_commit = off/,
    needs: 'postgres',
  },
  {
    name: 'legs that do not add up to zero',
    edits: [{ file: 'packages/ledger/src/settle.ts', find: "  bookContra(legs, wallet.unit, 'absorbed', -absorbed)\n", replace: '' }],
    caughtBy: {
      file: 'tests/money/settle.test.ts',
      names: [
        'what a request is charged',
        'M6: what neither hold nor balance covers is absorbed by the operator, counted, and the balance ends at zero',
      ],
    },
    because: /entry_unbalanced/,
  },
  {
    name: 'a key in a line of the log',
    edits: [
      {
        file: 'packages/gateway/src/identify.ts',
        find: '  const shape = readKey(presented)\n',
        replace: '  const shape = readKey(presented)\n  console.error(`identifying ${presented}`)\n',
      },
    ],
    caughtBy: {
      file: 'tests/surface/surface.test.ts',
      names: ['the surface that callers and operators meet', 'secrets are in no answer, no record and no line of the log'],
    },
    because: /includes\(customer\.key\)/,
  },
  ...REFUSAL_DEFECTS,
]

/** Where a defect is described, from the repository's root. */
export function describedIn({ name }: Pick<Defect, 'name'>): string {
  return REFUSAL_DEFECTS.some((one) => one.name === name) ? 'tools/planted/refusals.ts' : 'tools/planted/defects.ts'
}
