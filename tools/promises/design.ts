import type { Promised } from './witness.ts'

/** The promises of the design, by their names. That money is exact is what the rules after them say one by one. */
export const DESIGN: Record<string, Promised> = {
  'Exact money': {
    says: 'Nobody spends more than they have, every served request is charged once, a crash loses no completed charge.',
    tests: {
      'tests/money/race.test.ts': ['M4, M26: room for ten serves ten, the others wait for these, and then the balance is empty'],
      'tests/money/race-replicas.test.ts': ['M17: 500 parallel requests over all three against room for ten serve exactly ten'],
      'tests/chaos/chaos.test.ts': ['M16, M20, M23, M24, M25: …'],
      'tests/money/kills.test.ts': [
        'M23, M24: every answer received completely is charged exactly once, the rest at most as delivered (…)',
      ],
      'tests/long/kills.test.ts': ['M23, M24: every answer received completely is charged exactly once (…)'],
      'tests/apis/money.test.ts': [
        '500 parallel calls of an API on …',
        'killed under load: whatever was answered whole is charged, nothing is charged twice',
      ],
      'tests/money/streams.test.ts': [
        'M13: a hundred unending streams on one wallet never take it below zero, and the sum delivered is the sum charged',
      ],
    },
  },
  'Honest refusals': {
    says: 'Every refusal has one code, the right status, and a fix that works when it is carried out.',
    tests: {
      'tests/denials/denials.test.ts': [
        'every code of the catalogue is made to happen here, and nothing else',
        '…: right status, headers and body; can be looked up; charged nothing; its fix works',
        '… of a priced GET of a published API: the same',
      ],
      'tests/sdk/errors.test.ts': ['errors in the official openai SDK'],
    },
  },
  'Faithful wires': {
    says: 'A client’s official SDK cannot tell the gateway from the provider: bytes pass through, in order, unknown members included.',
    tests: {
      'tests/sdk/chat.test.ts': ['the official openai SDK, changed only in baseURL and apiKey'],
      'tests/sdk/recordings.test.ts': ['recorded answers of providers'],
      'tests/matrix/matrix.test.ts': ['S2, S3, T1, T3, T4, T6, T7, R1, R2, U1, U2, M1, M5, M8, I2, E8: every caller at every provider'],
      'tests/matrix/recordings.test.ts': ['recordings of providers, through every surface'],
      'tests/faults/framing.test.ts': ['S1: split at every byte offset…, the caller gets the same bytes and the same charge'],
      'tests/properties/wire.test.ts': ['patch changes its members and not one byte more'],
    },
  },
  'No dead knobs': {
    says: 'Every setting, flag and variable that is shown anywhere changes what the gateway does.',
    tests: {
      'tests/knobs/knobs.test.ts': [
        'every setting of the configuration has a test that it changes something, and nothing else is claimed',
        'every flag of the start, and every variable that its help names, has a test that it changes something',
        'a setting changes what the gateway does',
      ],
    },
  },
}

/** What is promised beside the four. */
export const BESIDE: Record<string, Promised> = {
  'Secrets stay where they belong': {
    says: 'No provider key, API key, token or root secret, and no word of a body, is in a log, a file, a metric or an answer that is not its own.',
    tests: {
      'tests/secrets/nothing-leaks.test.ts': [
        'data folder, backups, logs and metrics hold no provider key, API key, token, root secret, or word of a body',
        'no answer holds a provider key, a token or the root secret; none but the body’s own answer holds its words',
        'the search would find one: planted in the data, the log, the metrics and the database, each is named',
      ],
      'tests/surface/surface.test.ts': ['secrets are in no answer, no record and no line of the log'],
    },
  },
}

/** Why the checks themselves can be believed. */
export const CHECKS: Record<string, Promised> = {
  'The ledger’s own check': {
    says: '`GET /api/ledger/verify` names the invariant that is broken, whatever somebody with SQL did to the rows.',
    tests: {
      'packages/store/test/verify.test.ts': ['verify on …', 'Proofs: every invariant that SQL can break is broken here'],
      'packages/ledger/test/verify.test.ts': ['verify'],
    },
  },
  'The audit of chaos': {
    says: 'What is killed, stopped and cut by a seed is judged by an audit that finds each wrong that is put into a ledger that was right.',
    tests: {
      'tests/chaos/audit.test.ts': ['the audit finds nothing wrong with …', 'the audit reports …'],
      'tests/chaos/plan.test.ts': ['every step and every action is met on one engine or the other'],
    },
  },
  'The simulation': {
    says: 'A mistake that is planted into the engine, the recovery or the gateway of a simulated world is found and named, with the seed that shows it.',
    tests: {
      'packages/ledger/test/simulation-mistakes.test.ts': [
        '… is found: …',
        '… is found by what callers got and what the books say alone: …',
        'is shown by the smallest world that shows it, with its trace and the command that repeats it',
      ],
      'packages/ledger/test/simulation-auditor.test.ts': ['the auditor of requests', 'the auditor of entries'],
    },
  },
  'The auditors': {
    says: 'What charges are compared with is computed by code that runs nothing of the product.',
    tests: {
      'tests/money/auditor.test.ts': [
        'Proofs: the auditor of charges, and all that starts and watches the gateway, run nothing of the product',
        'Proofs: the auditor of the simulation takes types of the ledger, and runs nothing of it or of pricing',
      ],
    },
  },
}
