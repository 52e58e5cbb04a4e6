import type { Promised } from './witness.ts'

const ORDER = 'tests/money/order.test.ts'
const CLIENT = 'tests/faults/client.test.ts'
const SIMULATED_SQLITE =
  'sqlite: M10, M16, M17, M19, M23, M24: whole requests of a process that is killed by SIGKILL, and starts again, come out as the auditor says'
const SIMULATED_POSTGRES =
  'postgres: M16, M17, M23–M25: whole requests of two to five stores that are killed, stopped, cut off and race come out as the auditor says'

/** M16 to M27: order and durability, ends, refusing. */
export const ENDS: Record<string, Promised> = {
  M16: {
    says: 'The hold is durable before the upstream is called, the settle before the last byte leaves.',
    tests: {
      [ORDER]: [
        'M16: sync, then the call to the upstream, then sync, then the last byte (…)',
        'M16: while the hold cannot be made durable the upstream is not called, and then it is (…)',
        'M16: while the settle cannot be made durable the last byte is withheld, and then it comes (…)',
        'M16: an upstream that reads the balance when it is called sees the hold, which is what explain said (…)',
      ],
      'tests/apis/order.test.ts': [
        'M16: while the settle of a call cannot be made durable the last byte is withheld, and then it comes (…)',
      ],
      'tests/money/last-byte.test.ts': ['M16: every answer that was whole is charged after the restart, once'],
      'tests/long/last-byte.test.ts': ['M16: every answer that was whole is charged after the restart, once'],
    },
  },
  M17: {
    says: 'Many requests are decided in one transaction, under locks, in order; among replicas the locks decide.',
    tests: {
      'tests/money/race-replicas.test.ts': ['M17: 500 parallel requests over all three against room for ten serve exactly ten'],
      'tests/money/synchronous.test.ts': [
        'M17: every hold and settle is committed synchronously, even where that was switched off for the database while it ran',
      ],
      'packages/store/test/failure.test.ts': ['postgres: M17: a connection lost in mid-commit: the same ids again are decided once'],
      'packages/store/test/simulation.test.ts': [SIMULATED_POSTGRES],
      'packages/store/test/start.test.ts': ['M17, M23: SIGKILL in mid-commit loses nothing that was confirmed, and leaves nothing held'],
    },
  },
  M18: {
    says: 'A request writes three rows, and every commit is synced; a database that could lose one is refused at start.',
    tests: {
      'tests/money/budget.test.ts': ['M18: a served request inserts three rows, hold, settle and record; a refused one only its record'],
      'packages/store/test/start.test.ts': [
        'M18: SQLite writes ahead and syncs at every commit',
        'M18: PostgreSQL that could lose a commit is refused',
      ],
    },
  },
  M19: {
    says: 'One process uses a data folder; a second one is told so, and a kill frees it.',
    tests: {
      'packages/server/test/start.test.ts': ['M19: a second start on the same data folder exits 1 with a sentence, and the first goes on'],
      'packages/store/test/start.test.ts': ['M19: a second process on the same directory is refused and told why; a kill frees the lock'],
    },
  },
  M20: {
    says: 'Nothing refused is charged, and a failed answer at most for what was delivered.',
    tests: {
      'tests/faults/sweep.test.ts': [
        'M20, M22: …: an upstream that …: …',
        'M20, M22: …, streaming: an upstream that …: …',
        'M20: after all of it nothing is held, nothing was charged beside what the records tell, and the ledger verifies',
      ],
    },
  },
  M21: {
    says: 'Delivered is what the caller’s socket took; who leaves pays for that, and the upstream is let go within a second.',
    tests: {
      [CLIENT]: [
        'M21: before the first byte: the upstream is let go within a second, nothing is charged, one record (…)',
        'M21: in mid-stream: the upstream is let go within a second and the delivered part is charged',
        'M21: after the last token but before usage: usage is waited for up to half a second, and charged',
      ],
      'tests/money/settle.test.ts': ['M21: our own count is never charged above the hold, however much an upstream without usage sends'],
    },
  },
  M22: {
    says: 'Usage that cannot be true counts as missing: our own count is charged, and flagged.',
    tests: {
      'tests/money/settle.test.ts': ['M22: usage that is … counts as missing: our own count is charged, within the hold, and flagged'],
      'packages/wire/test/usage.test.ts': ['M22: parts that overlap never make a bucket negative'],
    },
  },
  M23: {
    says: 'What a dead process held is resolved by another, up to what was delivered; a process that was given up releases nothing unpaid.',
    tests: {
      'tests/money/replicas-lost.test.ts': [
        'M23: the holds of a killed replica are resolved within 35 seconds, those of the others untouched; one that stood still for a minute releases no last byte that is not paid',
      ],
      'packages/store/test/recovery.test.ts': ['M23: open holds of a dead instance are posted up to the last durable mark, else voided'],
      'packages/store/test/fence.test.ts': [
        'M23: takes nothing before it has said that it lives, and what it takes then is found when it dies',
        'M23: leaves alone what an instance took that came back between the look and the settle',
      ],
      'packages/store/test/simulation.test.ts': [SIMULATED_SQLITE, SIMULATED_POSTGRES],
    },
  },
  M24: {
    says: 'Killed after the charge and before the last byte: charged once, and recorded as unconfirmed.',
    tests: {
      'tests/money/kills.test.ts': [
        'M23, M24: every answer received completely is charged exactly once, the rest at most as delivered (…)',
      ],
      'packages/store/test/recovery.test.ts': [
        'M24: a request that was settled and not recorded gets a record, delivery unconfirmed, once',
      ],
    },
  },
  M25: {
    says: 'Without the database nothing is served unpaid, and what needs no balance goes on.',
    tests: {
      'tests/money/database-lost.test.ts': [
        'M25: paid calls get 503 ledger_unavailable, with a key that was used before or never, and are served again without a restart',
        'M25: an answer whose charge is not durable in time ends in error without its last byte, and is resolved later…',
        'M25: what touches no balance goes on',
        'M17, M25: in the middle of a load every call is either served and charged once, or refused with 503 and not charged',
      ],
    },
  },
  M26: {
    says: 'Who only has to wait for their own requests is told to wait, and nobody else is.',
    tests: {
      'tests/money/race.test.ts': ['M4, M26: room for ten serves ten, the others wait for these, and then the balance is empty'],
      'tests/money/only-the-hold.test.ts': [
        'M26, M27: the verdict that is explained is the refusal that the hold gives: the first balance that waiting cannot help',
      ],
    },
  },
  M27: {
    says: 'Balances are read without lock or effect to explain a refusal; only the hold admits. Limits of rate and concurrency run before it.',
    tests: {
      'tests/money/only-the-hold.test.ts': [
        'M27: what is read to explain, or to say what else would refuse, takes no hold, writes no entry and needs no lock',
      ],
      'packages/gateway/test/limits.test.ts': ['M27: a refusal by a limit tells what else stands in the way, and a cap goes before it'],
    },
  },
}
