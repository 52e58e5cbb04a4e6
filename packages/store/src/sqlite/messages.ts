import type { BatchItem } from '@faregate/ledger/port'
import type { Parcel } from './batch-text.ts'

/** What the main thread asks of a thread that holds a SQLite connection. */
export type Request =
  /** One ledger batch, in a transaction of its own; answers `Parcel<Outcome>`. */
  | { type: 'batch'; now: number; items: Parcel<BatchItem> }
  /** One statement; answers {@link SqlResult}. */
  | { type: 'sql'; sql: string; parameters: readonly unknown[] }
  /** Rows of request and denial records as `packRows` writes them, in a transaction of its own. */
  | { type: 'records'; requests: string; denials: string }
  /** Whether a write lock can be had. */
  | { type: 'probe' }
  | { type: 'backup'; file: string }
  /** Checks the copy of a backup and brings it to this program's schema. */
  | { type: 'prepare'; file: string; name: string; fingerprint: string | undefined }
  /** Replaces everything by a backup of the same schema version. */
  | { type: 'load'; file: string; epoch: number; now: number }
  /** Recomputes the ledger; answers `VerifyReport`. */
  | { type: 'verify' }
  | { type: 'close' }

export interface SqlResult {
  rows: Record<string, unknown>[]
  changes: bigint
}

export interface Envelope {
  id: number
  request: Request
}

export type Reply = { id: number; value: unknown } | { id: number; error: ThreadFailure }

/** An error as it crosses threads. */
export interface ThreadFailure {
  name: string
  message: string
  /** SQLite's, such as `SQLITE_BUSY`. */
  code?: string
}

/** What a thread is started with. */
export interface ThreadData {
  directory: string
  file: string
  lockFile: string
}

/** The first message of a thread: it is open, or why not. */
export type Opened = { opened: true; facts: Record<string, unknown> } | { opened: false; error: ThreadFailure }
