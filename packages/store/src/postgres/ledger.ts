import { accountsOf, decideBatch, entryIds, lotIds, requestsOf } from '@faregate/ledger/machine'
import { LedgerUnavailable, type BatchItem } from '@faregate/ledger/port'
import type { Operation, Outcome } from '@faregate/ledger/types'
import type { AccountState, Changes, Entry, Lot } from '@faregate/ledger/working-set'
import type pg from 'pg'
import { InstanceBack, InstanceFenced } from '../backend.ts'
import { accountFromRow, entryFromRow, lotFromRow, type AccountTuple, type EntryTuple, type LotTuple } from '../ledger-rows.ts'
import type { OpenRequests } from '../open-requests.ts'
import { attach, readAuditHead, type AuditHead } from './attached-rows.ts'
import { insertAccounts, insertEntries, putLots, updateAccounts, type Statement } from './ledger-writes.ts'
import { READS } from './ledger-reads.ts'

/** How a batch lies in its transaction: begun and committed with it, or by the caller. */
export interface Bounds {
  begin: boolean
  commit: boolean
  /** The instance whose batch it is; null: nobody's, because all others are kept out. */
  epoch: number | null
  /** Another one, that has to be shut out until the batch has ended; null: none. */
  fenced: bigint | null
  /** What the instance has committed; undefined: nothing is known. */
  open?: OpenRequests
}

/** How far the database's clock is from this process's, as its last batch on a connection told. */
const offsets = new WeakMap<pg.Client, number>()

/**
 * Decides a batch on a connection that pipelines. Three round trips: what exists; what is locked, and what is there
 * once it is; what changed. The first two go out together where all that the batch resolves is known and the
 * accounts depend only on the period that runs; the time that decides is still the database's. Accounts are locked in the
 * order of their ids, the sequence last, so that no two batches wait for each other. Rejects with pg's errors,
 * `InstanceFenced` and `InstanceBack`; the caller then ends the connection.
 */
export async function decideOn(client: pg.Client, items: BatchItem[], bounds: Bounds): Promise<Outcome[]> {
  const batch = items.map((item) => item.operation)
  const own = ownHolds(batch, bounds.open)
  const finding = readFirst(client, batch, own, bounds)
  const foreseen = foresee(client, batch, own)
  const ahead = foreseen === undefined ? undefined : readLocked(client, batch, foreseen)
  // Where the first look fails, that is the reason to tell.
  ahead?.catch(() => undefined)
  const found = await finding
  offsets.set(client, found.now - Date.now())
  if (foreseen !== undefined) assertSamePeriods(client, batch, foreseen, found)
  const locked = await (ahead ?? readLocked(client, batch, found))
  const audit = await readAuditHead(client, items)
  const nextSeq = locked.lastSeq + 1n
  const { outcomes, changes } = decideBatch({ now: found.now, ...locked, nextSeq }, batch)
  await writeAll(client, items, outcomes, changes, audit, bounds.commit)
  bounds.open?.committed(changes.entries, firstHolds(changes.entries))
  return outcomes
}

interface Found {
  now: number
  entries: Map<string, Entry>
}

/** Requests whose first hold is among these entries. */
function firstHolds(entries: readonly Entry[]): Set<string> {
  const requests = new Set<string>()
  for (const { kind, request, id } of entries) if (kind === 'hold' && request !== null && id === `${request}.0`) requests.add(request)
  return requests
}

/** What the first look is going to find, for a batch of holds, and of settles whose holds this process took itself. */
function foresee(client: pg.Client, batch: Operation[], own: Map<string, Entry>): Found | undefined {
  const offset = offsets.get(client)
  if (offset === undefined) return undefined
  const known = batch.every((operation) => operation.type === 'hold' || (operation.type === 'settle' && own.has(`${operation.request}.0`)))
  return known ? { now: Date.now() + offset, entries: own } : undefined
}

/**
 * A period may have ended between the guess and the database's clock, or a slice come to light that this process did not
 * know of. What was locked is let go then: locking more now could cross another batch.
 */
function assertSamePeriods(client: pg.Client, batch: Operation[], foreseen: Found, found: Found): void {
  const { lock } = accountsOf(batch, foreseen.entries, foreseen.now)
  const due = accountsOf(batch, found.entries, found.now).lock
  if (due.length === lock.length && due.every((id, index) => id === lock[index])) return
  offsets.delete(client)
  throw new LedgerUnavailable('a period has ended while the batch was read')
}

async function readFirst(client: pg.Client, batch: Operation[], own: Map<string, Entry>, { begin, epoch, fenced }: Bounds): Promise<Found> {
  // The accounts of a hold are in the operation: only what resolves entries has to find them first.
  const ids = [...new Set(entryIds(batch.filter((operation) => operation.type !== 'hold')))].filter((id) => !own.has(id))
  const begun = begin ? client.query('BEGIN ISOLATION LEVEL READ COMMITTED') : undefined
  const clockRead = client.query<[bigint, bigint | null, bigint | null]>(READS.now(epoch, fenced))
  const queries = [client.query<EntryTuple>(READS.entries(ids)), ...requestQueries(client, batch)]
  const [, clock, rows] = await Promise.all([begun, clockRead, Promise.all(queries)])
  const [now, alive, other] = clock.rows[0] ?? []
  if (now === undefined) throw new LedgerUnavailable('the database told no time')
  if (typeof alive === 'bigint' && alive <= 0n) throw new InstanceFenced('another instance has taken this one for dead')
  if (typeof other === 'bigint' && other > 0n) throw new InstanceBack('the instance that is recovered lives')
  const entries = entriesOf(rows)
  for (const entry of own.values()) entries.set(entry.id, entry)
  return { now: Number(now), entries }
}

/** The holds of settles that this process took itself: nine in ten of what a batch would read. */
function ownHolds(batch: Operation[], open: OpenRequests | undefined): Map<string, Entry> {
  const holds = new Map<string, Entry>()
  for (const operation of batch) {
    if (operation.type !== 'settle') continue
    for (const entry of open?.entriesOf(operation.request) ?? []) holds.set(entry.id, entry)
  }
  return holds
}

function requestQueries(client: pg.Client, batch: Operation[]): Promise<pg.QueryArrayResult<EntryTuple>>[] {
  return requestsOf(batch).map((request) => client.query<EntryTuple>(READS.entriesOfRequest(request)))
}

function entriesOf(results: { rows: unknown[] }[]): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const { rows } of results) {
    for (const row of rows as EntryTuple[]) entries.set(row[1], entryFromRow(row))
  }
  return entries
}

interface Locked {
  accounts: Map<string, AccountState>
  lots: Map<string, Lot[]>
  entries: Map<string, Entry>
  lastSeq: bigint
}

async function readLocked(client: pg.Client, batch: Operation[], found: Found): Promise<Locked> {
  const { lock, create } = accountsOf(batch, found.entries, found.now)
  // Entries never change: what was found once need not be read again.
  const missing = [...new Set(entryIds(batch))].filter((id) => !found.entries.has(id))
  const refunds = requestsOf(batch).length > 0
  const made = create.length === 0 ? undefined : client.query(insertAccounts(create))
  const accountsRead = client.query<AccountTuple>(READS.lockAccounts(lock))
  const counterRead = client.query<[bigint]>(READS.lockCounter())
  const entriesRead = client.query<EntryTuple>(READS.entries(missing))
  const requestsRead = requestQueries(client, batch)
  const lotsRead = refunds ? undefined : client.query<LotTuple>(READS.lots(lock, lotIds(batch, found.entries)))
  await Promise.all([made, accountsRead, counterRead, entriesRead, lotsRead, Promise.all(requestsRead)])
  const fresh = entriesOf([await entriesRead, ...(await Promise.all(requestsRead))])
  const entries = new Map([...found.entries, ...fresh])
  // A refund's lots are those of all entries of its request, which are only known under lock.
  const lots = await (lotsRead ?? client.query<LotTuple>(READS.lots(lock, lotIds(batch, entries))))
  const accounts = new Map((await accountsRead).rows.map((row) => [row[0], accountFromRow(row)]))
  const lastSeq = (await counterRead).rows[0]?.[0]
  if (lastSeq === undefined) throw new LedgerUnavailable('the sequence of entries is gone')
  return { accounts, lots: byAccount(lots.rows), entries, lastSeq }
}

function byAccount(rows: LotTuple[]): Map<string, Lot[]> {
  const lots = new Map<string, Lot[]>()
  for (const row of rows) {
    const lot = lotFromRow(row)
    const others = lots.get(lot.account)
    if (others === undefined) lots.set(lot.account, [lot])
    else others.push(lot)
  }
  return lots
}

async function writeAll(
  client: pg.Client,
  items: BatchItem[],
  outcomes: Outcome[],
  changes: Changes,
  audit: AuditHead | undefined,
  commit: boolean,
): Promise<void> {
  const statements: Statement[] = []
  const last = changes.entries.at(-1)
  if (last !== undefined) statements.push(insertEntries(changes.entries), READS.setCounter(last.seq))
  if (changes.accounts.length > 0) statements.push(updateAccounts(changes.accounts))
  if (changes.lots.length > 0) statements.push(putLots(changes.lots))
  statements.push(...attach(items, outcomes, audit))
  const queries = statements.map((statement) => client.query(statement))
  const committed = commit ? client.query('COMMIT') : undefined
  await Promise.all([...queries, committed])
  const ended = await committed
  // PostgreSQL answers COMMIT of a failed transaction with success, and the word ROLLBACK.
  if (ended !== undefined && ended.command !== 'COMMIT') throw new LedgerUnavailable('the transaction was rolled back')
}
