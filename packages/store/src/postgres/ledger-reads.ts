import { ACCOUNT_COLUMNS, ENTRY_COLUMNS, LOT_COLUMNS } from '../ledger-rows.ts'

/** A named statement is prepared once per connection. */
export interface ArrayStatement {
  name: string
  text: string
  values: unknown[]
  rowMode: 'array'
}

const statement =
  (name: string, text: string) =>
  (values: unknown[]): ArrayStatement => ({ name, text, values, rowMode: 'array' })

const heartbeat = (parameter: string): string => `(SELECT heartbeat_at FROM instances WHERE epoch = ${parameter} FOR SHARE)`
const now = statement('now', `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, ${heartbeat('$1')}, ${heartbeat('$2')}`)
const entries = statement('entries', `SELECT ${ENTRY_COLUMNS} FROM entries WHERE id = ANY($1::text[])`)
const entriesOfRequest = statement(
  'entries-of-request',
  `SELECT ${ENTRY_COLUMNS} FROM entries WHERE id >= $1 AND id < $2 UNION ` +
    `SELECT ${ENTRY_COLUMNS} FROM entries WHERE request = $3 AND kind IN ('refund', 'excess', 'expire')`,
)
const lockAccounts = statement('lock-accounts', `SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`)
const lockCounter = statement('lock-counter', `SELECT value FROM counters WHERE name = 'entry' FOR UPDATE`)
const setCounter = statement('set-counter', `UPDATE counters SET value = $1 WHERE name = 'entry'`)
const lots = statement(
  'lots',
  `SELECT ${LOT_COLUMNS} FROM lots WHERE account = ANY($1::text[]) AND open = 1 UNION ` +
    `SELECT ${LOT_COLUMNS} FROM lots WHERE id = ANY($2::text[])`,
)

/** What a batch reads, and the one counter. */
export const READS = {
  /** The time, and the heartbeats of two instances, which nobody can change before the batch has ended: below one, it is shut out. */
  now: (epoch: number | null, fenced: bigint | null) => now([epoch, fenced]),
  entries: (ids: readonly string[]) => entries([ids]),
  /** Holds, settle and excess have ids that begin with the request's; refunds name it. */
  entriesOfRequest: (request: string) => entriesOfRequest([`${request}.`, `${request}/`, request]),
  lockAccounts: (ids: readonly string[]) => lockAccounts([ids]),
  lockCounter: () => lockCounter([]),
  setCounter: (value: bigint) => setCounter([value]),
  lots: (accounts: readonly string[], ids: readonly string[]) => lots([accounts, ids]),
}
