import type { Operation, Outcome } from './types.ts'

/**
 * What the gateway and the management API speak to: a queue in front of an engine. Outcomes come when
 * they are durable. Rejects with {@link LedgerUnavailable} when the database does not answer in time,
 * or is locked or gone; a hold that was rejected so is voided by the next batch if it was taken (M17).
 */
export interface Ledger {
  submit(operation: Operation, options?: SubmitOptions): Promise<Outcome>
  /** Operations that wait or are being decided. */
  readonly depth: number
}

export interface SubmitOptions {
  /** Rows written in the transaction of the operation, if its outcome is `ok`. */
  attach?: AttachedRow[]
  /** Give up after this many milliseconds (default: the queue's own). */
  timeoutMs?: number
}

/** A row for a table that the store knows, values by column name. */
export interface AttachedRow {
  table: 'audit' | 'idempotency' | 'voucher_ends' | 'top_up_ends' | 'top_up_refunds' | 'webhook_deliveries' | 'credit_notes'
  values: Record<string, string | number | bigint | null>
}

/** An engine: decides and writes a whole batch in one transaction, outcomes in the order of the batch. */
export interface LedgerEngine {
  /** Batches that it takes before it has answered the first, and decides in order. Absent: one. */
  readonly depth?: number
  commit(batch: BatchItem[]): Promise<Outcome[]>
}

export interface BatchItem {
  operation: Operation
  attach?: AttachedRow[]
}

/** The database did not decide. Nothing is known to have been written; the same ids can be sent again. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
}
