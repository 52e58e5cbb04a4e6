/**
 * What webhooks can tell, and what each tells, for people. A new event is a row here; whoever causes it hands it to
 * `insertEvent` in the transaction of its cause.
 */
export const EVENTS = {
  'balance.low': "An organization's balance fell below `balanceBelow` of the webhook.",
  'cap.80':
    'Four fifths of a spend cap (of a key, a member, an end user, a tag, a team or the organization) are used in its running period.',
  'cap.100': 'A spend cap is used up in its running period, or has refused a request.',
  'invoice.issued': 'An invoice was issued to an organization, for a month that has ended.',
  'top_up.paid': 'A top-up was paid, by somebody or automatically, and is on the balance.',
  'payment.failed': 'An automatic top-up could not be paid with the saved payment method.',
  'key.expiring': 'A key expires within seven days.',
  'subscription.changed': 'A subscription has another state, plan or approval, by what somebody did or by the passing of time.',
  'retirement.changed':
    'An API, a route of one, or a model that the organization calls, or that its subscription includes, is deprecated or retired, or stays after all (`state`: `deprecated`, `retired`, `served`).',
  'api.alert': 'An alert of a published API holds, or does not hold any more (`state`: `firing`, `over`).',
  'limit_request.opened': 'Somebody asks for a higher limit.',
  'limit_request.decided': 'A request for a higher limit was approved or rejected.',
} as const satisfies Record<string, string>

export type EventName = keyof typeof EVENTS

export const EVENT_NAMES = Object.keys(EVENTS) as [EventName, ...EventName[]]

/** Sent when it is asked for, to see whether deliveries arrive. */
export const TEST_EVENT = 'webhook.test'
