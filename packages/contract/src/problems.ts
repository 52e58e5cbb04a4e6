import {
  CATALOGUE,
  entryHeaders,
  renderEntry,
  type CatalogueEntry,
  type Denial,
  type DenialCode,
  type Problem,
  type ProblemContext,
} from '@faregate/core'

/** Problems that only the management API has; refusals of calls are in core's catalogue. */
export const MANAGEMENT_PROBLEMS = {
  not_found: {
    status: 404,
    title: 'Not found',
    actor: 'caller',
    retryable: false,
    meaning: 'Nothing of that id or name exists, or it belongs to an organization that this token does not see.',
    mend: ['Compare the id with the list of its kind.', "Use a token of the right organization, or the operator's."],
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    actor: 'caller',
    retryable: false,
    meaning: 'The change contradicts what is there: the name is taken, or something still uses it.',
    mend: ['Read `detail`: it says what stands in the way.', 'Change that, or choose another name.'],
  },
  managed_by_file: {
    status: 409,
    title: 'Managed by the configuration file',
    actor: 'operator',
    retryable: false,
    meaning: 'The configuration file defines this, so it is read-only here. `file` and `line` say where.',
    mend: ['Change it in the file at that line and restart.', 'Or remove it there and create it here.'],
  },
  managed_by_environment: {
    status: 409,
    title: 'Managed by the environment',
    actor: 'operator',
    retryable: false,
    meaning: 'An environment variable defines this, so it is read-only here. `variable` names it.',
    mend: ['Change or unset the variable and restart.', 'Or create one of another name here.'],
  },
  document_invalid: {
    status: 400,
    title: 'OpenAPI document invalid',
    actor: 'caller',
    retryable: false,
    meaning:
      'The OpenAPI document cannot be imported. `findings` says what is wrong with it, on which line, by JSON pointer. Nothing was kept.',
    mend: [
      'Mend what `findings` calls an error, and import it again.',
      'See everything that is to be said about it: `faregate api lint FILE`.',
    ],
  },
  release_refused: {
    status: 409,
    title: 'Release refused',
    actor: 'caller',
    retryable: false,
    meaning:
      'Callers of this release would be refused for a mistake: a route without a price, an API that nobody can buy or pay, an upstream that does not answer. `flaws` names each with its fix. Nothing was published.',
    mend: ['Mend what `flaws` names, and publish again.', 'Or override it, which is audited: `faregate api publish NAME --override CODE`.'],
  },
  release_conflict: {
    status: 409,
    title: 'Overtaken by another change',
    actor: 'caller',
    retryable: false,
    meaning:
      'Since it was looked at, the draft was changed, or another release was put in force or is being tried. `changes` says what differs. Nothing was published.',
    mend: [
      'Look at `changes`, and at the draft: `faregate api draft NAME`.',
      'Take up what is in force now: `faregate api edit NAME --rebase`, then publish.',
    ],
  },
  second_person_required: {
    status: 403,
    title: 'A second person has to agree',
    actor: 'caller',
    retryable: false,
    meaning:
      'What callers of this API have is changed by two people: one asks, and somebody else approves it. Two tokens of one member are one person. Nothing was changed.',
    mend: [
      'Ask for it: `faregate api publish NAME` does so by itself.',
      'Have somebody else look at it: `faregate api requests NAME`, then `faregate api approve NAME REQUEST`.',
    ],
  },
  nothing_to_reverse: {
    status: 409,
    title: 'Not enough left to reverse',
    actor: 'caller',
    retryable: false,
    meaning: 'Of a grant, only what is neither spent nor held can be taken back. `remaining` says how much that is.',
    mend: ['Reverse at most `remaining`.', 'Wait for requests in flight, whose holds return what they do not use.'],
  },
  credit_exceeds_invoice: {
    status: 409,
    title: 'Credit note above the invoice',
    actor: 'caller',
    retryable: false,
    meaning: 'All credit notes of an invoice together are at most what it charged. `remaining` says how much is left to correct.',
    mend: ['Correct at most `remaining`.', 'To give more, grant credit instead.'],
  },
  refund_exceeds_charge: {
    status: 409,
    title: 'Refund above the charge',
    actor: 'caller',
    retryable: false,
    meaning: 'All refunds of a request together are at most what it was charged. `remaining` says how much is left to refund.',
    mend: ['Refund at most `remaining`.', 'To give more, grant credit instead.'],
  },
  voucher_unusable: {
    status: 409,
    title: 'Voucher cannot be used',
    actor: 'caller',
    retryable: false,
    meaning: 'The voucher was redeemed before, has expired, or was withdrawn. `state` says which; nothing was credited.',
    mend: ['Redeem another voucher.', 'Ask whoever gave it to you; the operator sees when and for whom it was redeemed.'],
  },
  no_payment_rail: {
    status: 409,
    title: 'No payment rail',
    actor: 'operator',
    retryable: false,
    meaning: 'Nothing is connected through which anybody could pay.',
    mend: ['The operator grants credit: `faregate grant`.', 'Or connects Stripe: `payments.stripe` of the configuration.'],
  },
  payment_rail_unavailable: {
    status: 503,
    title: 'Payment rail unavailable',
    actor: 'operator',
    retryable: true,
    meaning: 'The payment rail cannot be reached, or refuses. Nothing was charged and nothing credited.',
    mend: ['Try again, with the same `Idempotency-Key`.', 'The operator looks at the keys in `payments` and at the log.'],
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    actor: 'operator',
    retryable: true,
    meaning: 'The gateway failed at this call. A change that was asked for either happened whole or not at all.',
    mend: ['Send it again, with the same `Idempotency-Key`.', 'The operator finds the cause in the log under `requestId`.'],
  },
} as const satisfies Record<string, CatalogueEntry>

export type ManagementProblemCode = keyof typeof MANAGEMENT_PROBLEMS

/** A refusal by the management API, in the shape of a denial. */
export type ManagementDenial = Omit<Denial, 'code'> & { code: DenialCode | ManagementProblemCode; [member: string]: unknown }

/** What either catalogue says of a code; `undefined` for a code that neither knows. */
export function problemEntry(code: string): CatalogueEntry | undefined {
  const both: Record<string, CatalogueEntry> = { ...CATALOGUE, ...MANAGEMENT_PROBLEMS }
  return Object.hasOwn(both, code) ? both[code] : undefined
}

/** Renders a refusal of the management API as an RFC 9457 problem, with its headers. */
export function renderManagementProblem(
  denial: ManagementDenial,
  context: ProblemContext,
): { status: number; problem: Problem; headers: Record<string, string> } {
  const entry: CatalogueEntry = problemEntry(denial.code) ?? MANAGEMENT_PROBLEMS.internal_error
  return { status: entry.status, problem: renderEntry(denial, entry, context), headers: entryHeaders(denial, entry, context) }
}
