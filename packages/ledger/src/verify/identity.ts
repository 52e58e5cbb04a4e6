import { spanOf } from '../period.ts'
import { walletEntryId } from '../reads.ts'
import type { Period, Repeating } from '../types.ts'
import type { Entry, EntryKind } from '../working-set.ts'
import type { Findings } from './findings.ts'

/**
 * Whether an entry is called what its kind, request and legs make of it. Settling, recovery and the recognition of an id
 * that comes again (M5) look entries up by name: under another one a hold is never resolved, and a request is charged twice.
 */
const IS_NAMED: Record<EntryKind, (entry: Entry) => boolean> = {
  hold: ({ id, request }) => request !== null && id.startsWith(`${request}.`) && /^\d+$/.test(id.slice(request.length + 1)),
  post: ({ id, request }) => request !== null && id === `${request}.settle`,
  void: ({ id, request }) => request !== null && id === `${request}.settle`,
  excess: ({ id, request }) => request !== null && id === `${request}.excess`,
  expire: ({ id, request, seq, legs }) =>
    request === null ? id === `${legs[0]?.lots?.[0]?.[0]}.expire.${seq}` : id === `${request}.expire`,
  grant: ({ id, request, legs }) => request === null && legs.some(({ field, lots }) => field === 'granted' && lots?.[0]?.[0] === id),
  charge: ({ request, terms, legs }) => request === null && legs[0]?.account === terms.account,
  reverse: ({ request, terms, legs }) => request === null && legs.every(({ lots }) => (lots?.[0]?.[0] ?? terms.grant) === terms.grant),
  refund: ({ request, terms }) => request !== null && request === terms.request,
  adjust: ({ id, request, terms, legs }) => request === null && (terms.cap !== undefined || id === `${legs[0]?.account}.limit`),
  wallet: ({ id, request, legs }) => request === null && id.startsWith(walletEntryId(legs[0]?.account ?? '')),
}

/** Looks at what an entry says of itself, beside its amounts. */
export function expectIdentity(entry: Entry, findings: Findings): void {
  const isNamed = Object.hasOwn(IS_NAMED, entry.kind) ? IS_NAMED[entry.kind] : undefined
  if (isNamed === undefined) findings.add('entry_misnamed', entry.id, `there is no kind ${entry.kind}`)
  else if (!isNamed(entry)) findings.add('entry_misnamed', entry.id, `a ${entry.kind} of request ${entry.request} is not called so`)
  if (entry.kind === 'hold') expectPeriods(entry, findings)
}

/** What the terms of a hold say of a cap, at the end of its line: period, zone, limit, and of a quota its measure. */
const CAP_RULES = /(?:^| )(day|week|month|total|R\/\S+) (\S+) \d+(?: \d+ \d+)?$/

/** A hold counts in the periods in which it was taken (M8): its time lies in them, by the cap's own zone. */
function expectPeriods(entry: Entry, findings: Findings): void {
  const rules = String(entry.terms.legs ?? '').split('\n')
  const held = entry.legs.filter(({ field }) => field === 'held')
  for (const [index, { account }] of held.entries()) {
    const [, period, zone] = CAP_RULES.exec(rules[index] ?? '') ?? []
    if (period === undefined || zone === undefined) continue
    const { start } = spanOf(period as Period | Repeating, zone, entry.at)
    if (!account.endsWith(`@${start}`))
      findings.add('hold_in_wrong_period', entry.id, `${account} is not the ${period} ${start} of ${zone}`)
  }
}
