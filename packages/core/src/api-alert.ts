/**
 * What an alert watches: the share of calls that were answered with 5xx or whose answer broke off, that of calls that the gateway refused, the time
 * that 99 of 100 answers took at most, or what was charged.
 */
export const ALERT_KINDS = ['errors', 'refusals', 'latency', 'spending'] as const

export type AlertKind = (typeof ALERT_KINDS)[number]

/** When somebody is to be told of how an API is called. */
export interface ApiAlert {
  kind: AlertKind
  /** A decimal string: a share of one, milliseconds, or an amount. It holds above this. */
  above: string
  /** Over so long until now. */
  minutes: number
  /** Fewer calls tell nothing. */
  minimumCalls: number
}
