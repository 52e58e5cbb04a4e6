import type { Promised } from './witness.ts'

const HOLDS = 'packages/ledger/test/conformance/holds.ts'
const SETTLES = 'packages/ledger/test/conformance/settles.ts'
const GRANTS = 'packages/ledger/test/conformance/grants.ts'

/** M1 to M15: amounts, accounts and entries, holds for a model call. */
export const BALANCES: Record<string, Promised> = {
  M1: {
    says: 'Money is whole billionths, written as decimal strings; a request is rounded once, up.',
    tests: {
      'tests/money/settle.test.ts': ["M1, M15: the charge is the upstream's usage at the configured prices, to the last decimal: ……"],
      'tests/properties/pricing.test.ts': ["M1, M15: a charge equals the model's exact fraction, rounded up once"],
      'tests/money/corrections.test.ts': ['M1: amounts are decimal strings greater than zero; anything else is refused by name'],
      'packages/server/test/configuration.test.ts': ['M1: unquoted prices are read from their source text, exactly'],
    },
  },
  M2: {
    says: 'A balance is the sum of entries that never change, whatever was done, killed or repeated.',
    tests: {
      'packages/ledger/test/simulation.test.ts': [
        'M2–M10, M13, M16, M17, M20–M25: whole requests of up to five processes that are killed, stopped and cut off come out as an independent auditor says',
      ],
      [HOLDS]: ['M2: available is granted − expired − posted − held'],
    },
  },
  M3: {
    says: 'A hold takes every balance it touches or none, and its legs add up to zero.',
    tests: {
      'tests/money/race.test.ts': ['M3, M26: a cap of the key with room for ten serves ten, however much the wallet holds'],
      [HOLDS]: ['M3: a hold takes every leg or none'],
      'packages/store/test/verify.test.ts': ['verify on …'],
    },
  },
  M4: {
    says: 'A hold is admitted only where room is left on every balance, to the last billionth.',
    tests: {
      'tests/money/race.test.ts': [
        'M4, M26: room for ten serves ten, the others wait for these, and then the balance is empty',
        'M4: room for ten, and all but a billionth of an eleventh, serves ten when answers come at once',
      ],
      [HOLDS]: ['M4: the last nano-unit is admitted, one more is not'],
    },
  },
  M5: {
    says: 'The same id again changes nothing; a request is resolved once.',
    tests: {
      [SETTLES]: [
        'M5: the same hold again is recognised, and takes nothing twice',
        'M5: a request is resolved once; posted and voided are told apart',
        'M5: an id that is taken names the member that differs',
      ],
    },
  },
  M6: {
    says: 'Cost beyond the hold comes from what is free, then becomes debt as far as allowed, and the rest is the operator’s.',
    tests: {
      'tests/money/settle.test.ts': [
        'M6: cost beyond the hold is taken from what is available, and flagged as excess',
        'M6: what neither hold nor balance covers is absorbed by the operator, counted, and the balance ends at zero',
        'M6: caps book the whole cost and may end below zero',
      ],
      [SETTLES]: ['M6: in debt nothing is admitted, and a new grant repays the debt first'],
    },
  },
  M7: {
    says: 'Credit is spent in its order, expires on its moment, and can be taken back as far as it is free.',
    tests: {
      'tests/money/corrections.test.ts': [
        'M7: a grant is reversed up to what is unspent and unheld, and no further',
        'M7: credit that has expired gives nothing to a new hold',
      ],
      [GRANTS]: [
        'M7: lots are spent by priority, then expiry with none last, then sequence',
        'M7: a lot that expires while it is held can still be posted; what is released of it is breakage',
      ],
    },
  },
  M8: {
    says: 'A cap counts in the period in which a hold was taken, in its own time zone.',
    tests: {
      'tests/money/month-end.test.ts': [
        'M8: each slice counts in the month in which it was taken: a stream goes on after midnight that its cap would have ended',
      ],
      'tests/money/roll-over.test.ts': [
        'M8: what is in flight counts where it was taken: each period serves exactly what it has room for, and one fee is paid',
        'M8: calls that come and end without a break over it count once, in one period, and neither exceeds its room',
      ],
      'packages/ledger/test/period.test.ts': ['M8: the periods of a year follow each other without a gap, whatever daylight saving does'],
      [GRANTS]: ['M8: lowering a limit adjusts the running period and touches no hold'],
    },
  },
  M9: {
    says: 'Refunds add up to the charge at most and go back to where the money came from.',
    tests: {
      'tests/money/corrections.test.ts': [
        'M9: refunds of a request add up to its charge at most',
        'M9: a refund gives back what a cap of the running period had counted',
      ],
      [GRANTS]: ['M9: a refund goes back to the lots it came from, in reverse order'],
    },
  },
  M10: {
    says: 'A batch has one time, from a clock that never goes back: the database’s where it has one.',
    tests: {
      'tests/money/clocks.test.ts': ['M10: on PostgreSQL an entry has the time of the database, however wrong the clock of the process is'],
      'packages/store/test/clock.test.ts': ['M10: never goes back when the wall clock is set back, and ends beside it'],
    },
  },
  M11: {
    says: 'A hold covers the dearest that the request could cost, and no more than that.',
    tests: {
      'tests/properties/pricing.test.ts': [
        'M11: whatever stays within the bound costs at most the hold, tiers included',
        'M11: over several deployments, the hold covers whichever serves',
        'M11: a hold is no dearer than it must be: some consumption within the bound costs all of it',
      ],
      'packages/wire/test/input-bound.test.ts': ['M11: the bound is the UTF-8 bytes of all strings, 8 a message and 16'],
    },
  },
  M12: {
    says: 'A caller without an output limit gets the one that is affordable, written upstream and announced.',
    tests: {
      'tests/money/clamp.test.ts': ['M12: the output limit of a caller who gives none'],
      'tests/properties/pricing.test.ts': ['M12: the affordable steps are the most that fit'],
    },
  },
  M13: {
    says: 'A stream is held slice by slice before it is forwarded: it ends where the money ends.',
    tests: {
      'tests/money/streams.test.ts': [
        'M13: with money for exactly 400 tokens an unending stream delivers at most 400 and charges what it delivered (…)',
        'M13: input and delivered output together stay within the balance',
        'M13: a hundred unending streams on one wallet never take it below zero, and the sum delivered is the sum charged',
      ],
      'tests/money/unbuffered.test.ts': [
        'M13: no event is kept back: the upstream says each word only after the caller has the one before, over many slices',
      ],
    },
  },
  M14: {
    says: 'Where output can be billed without being seen, all of it is held before the call.',
    tests: {
      'tests/money/streams.test.ts': [
        'M14: a reasoning stream holds its whole bound, sends it upstream as its limit, and 20,000 hidden tokens never exceed the balance',
        'M14, M6: an upstream that bills 20,000 hidden tokens whatever its limit takes what the balance has and no more; the rest is the operator’s',
      ],
    },
  },
  M15: {
    says: 'What has no price falls back to its parent’s; what has none at all is refused, never free.',
    tests: {
      'tests/properties/pricing.test.ts': ['M15: a bucket is missing at admission whenever it could be missing in the charge'],
      'packages/pricing/test/charge.test.ts': [
        'M15: a bucket without a price is charged as its parent',
        'M15: what was used and has no price at all is named, never free',
      ],
    },
  },
}
