import type { AttachedRow, BatchItem } from '@faregate/ledger/port'
import type { Outcome } from '@faregate/ledger/types'
import type pg from 'pg'
import { attachedValues, insertText, PLAIN_TABLES, type PlainTable } from '../attached-row.ts'
import { AUDIT_GENESIS, auditEventOf, auditHash } from '../audit-chain.ts'
import type { Statement } from './ledger-writes.ts'

/** Where the audit chain stands, under lock. */
export interface AuditHead {
  seq: bigint
  hash: string
}

const AUDIT =
  'INSERT INTO audit (seq, id, at, actor, action, subject, organization_id, before, after, prev_hash, hash) ' +
  'VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)'
const AUDIT_COUNTER = `UPDATE counters SET value = $1 WHERE name = 'audit'`
const INSERTS = Object.fromEntries(PLAIN_TABLES.map((table) => [table, insertText(table, (place) => `$${place}`)]))

/** Locks the head of the audit chain, if the batch brings rows for it. */
export async function readAuditHead(client: pg.Client, items: readonly BatchItem[]): Promise<AuditHead | undefined> {
  if (!items.some((item) => item.attach?.some((row) => row.table === 'audit'))) return undefined
  const [counter, last] = await Promise.all([
    client.query<{ value: bigint }>(`SELECT value FROM counters WHERE name = 'audit' FOR UPDATE`),
    client.query<{ hash: string }>('SELECT hash FROM audit ORDER BY seq DESC LIMIT 1'),
  ])
  return { seq: counter.rows[0]?.value ?? 0n, hash: last.rows[0]?.hash ?? AUDIT_GENESIS }
}

/** Statements that write the rows of those operations that were decided `ok`. */
export function attach(items: readonly BatchItem[], outcomes: readonly Outcome[], head: AuditHead | undefined): Statement[] {
  const statements: Statement[] = []
  const chain = head === undefined ? undefined : { ...head }
  for (const [index, item] of items.entries()) {
    if (outcomes[index]?.status !== 'ok') continue
    for (const row of item.attach ?? []) {
      if (row.table !== 'audit') statements.push(plainRow(row.table, row.values))
      else if (chain !== undefined) statements.push(append(chain, row.values))
    }
  }
  if (chain !== undefined && chain.seq !== head?.seq) statements.push({ name: 'audit-counter', text: AUDIT_COUNTER, values: [chain.seq] })
  return statements
}

function plainRow(table: PlainTable, values: AttachedRow['values']): Statement {
  return { name: `attach-${table}`, text: INSERTS[table] ?? '', values: attachedValues(table, values) }
}

/** Moves the head. */
function append(chain: AuditHead, values: Parameters<typeof auditEventOf>[0]): Statement {
  const event = auditEventOf(values)
  const previous = chain.hash
  chain.seq += 1n
  chain.hash = auditHash(previous, chain.seq, event)
  const { id, at, actor, action, subject, organization_id: organization, before, after } = event
  return {
    name: 'audit',
    text: AUDIT,
    values: [chain.seq, id, at, actor, action, subject, organization, before, after, previous, chain.hash],
  }
}
