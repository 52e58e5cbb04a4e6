import { TO_PAY, type CatalogueEntry } from './entry.ts'

/** What is sold by plan: approval, entitlement, and the state of a subscription; in order of precedence. */
export const PLAN_CODES = {
  approval_required: {
    status: 403,
    title: 'Approval required',
    actor: 'caller',
    retryable: false,
    meaning: 'The model is sold by plans that have to be approved, and nobody has asked for that yet. `plans` names them.',
    mend: ['Subscribe to a plan with a reason; `requestUrl` says where.', 'Somebody who may approve it does so.'],
  },
  approval_pending: {
    status: 403,
    title: 'Approval pending',
    actor: 'operator',
    retryable: false,
    meaning: 'The subscription to a plan that has this model waits for approval. `pollUrl` tells how it stands.',
    mend: ['Wait for the decision.', 'Whoever sells the plan, its publisher or the operator, approves or rejects it.'],
  },
  approval_rejected: {
    status: 403,
    title: 'Approval rejected',
    actor: 'caller',
    retryable: false,
    meaning: 'The subscription to a plan that has this model was not approved, or its approval was revoked. `detail` gives the reason.',
    mend: ['Ask again with a reason that meets the one that was given.', 'Somebody who may approve it does so.'],
  },
  not_entitled: {
    status: 403,
    title: 'Not for sale',
    actor: 'operator',
    retryable: false,
    meaning: 'The model is sold by plan only, and no plan that has it, for such calls, is on sale to this organization.',
    mend: ['The operator subscribes the organization to a plan that has the model, or lists one.', 'Or use another model.'],
  },
  plan_upgrade_required: {
    ...TO_PAY,
    title: 'Outside the plan',
    meaning:
      'The model is sold by plan only, and the plan of the organization does not have it, or not for such calls: `required` says for which. `plans` names those that do, with what they cost now.',
    mend: ['Change the subscription to one of `plans`.', 'Or use a model of `alternatives`.'],
  },
  subscription_required: {
    ...TO_PAY,
    title: 'Subscription required',
    meaning: 'The model is sold by plan only, and the organization has subscribed to none that has it. `plans` names those that do.',
    mend: ['Subscribe to one of `plans`.'],
  },
  trial_ended: {
    ...TO_PAY,
    title: 'Trial ended',
    meaning: 'The trial is over, and the balance did not reach for the first period.',
    mend: ['Top up the balance: the period is paid with the next request.'],
  },
  subscription_past_due: {
    ...TO_PAY,
    title: 'Subscription past due',
    meaning: 'The period that has begun could not be paid from the balance, and the days of grace are over.',
    mend: ['Top up the balance: the period is paid with the next request.'],
  },
  subscription_unpaid: {
    ...TO_PAY,
    title: 'Subscription unpaid',
    meaning: 'A whole period has passed without being paid. It is not charged; the next begins when it is paid.',
    mend: ['Top up the balance: a new period is paid with the next request.'],
  },
  subscription_incomplete: {
    ...TO_PAY,
    title: 'Subscription incomplete',
    meaning: 'The first period of the subscription was not paid yet, because the balance did not reach.',
    mend: ['Top up the balance: the period is paid with the next request.'],
  },
  subscription_expired: {
    ...TO_PAY,
    title: 'Subscription expired',
    meaning: 'The subscription was for a time that is over, and does not renew by itself.',
    mend: ['Renew it: its next period is paid from the balance.'],
  },
  subscription_cancelled: {
    ...TO_PAY,
    title: 'Subscription cancelled',
    meaning: 'The subscription was cancelled, and has ended.',
    mend: ['Renew it: its next period is paid from the balance.'],
  },
  subscription_paused: {
    status: 403,
    title: 'Subscription paused',
    actor: 'org_admin',
    retryable: false,
    meaning: 'The subscription was paused, and can be resumed.',
    mend: ['An administrator of the organization resumes it.'],
  },
} as const satisfies Record<string, CatalogueEntry>

/** What a plan includes is used up. */
export const QUOTA_CODES = {
  quota_exhausted: {
    ...TO_PAY,
    title: 'Quota exhausted',
    meaning:
      'What the plan includes of this model is used up until `resetsAt`. The status is 402 where a plan with more is for sale, else 429.',
    mend: ['Change to one of `plans`, where there are any.', 'Or wait until it resets at `resetsAt`.'],
  },
} as const satisfies Record<string, CatalogueEntry>
