import type { DenialRecord, RequestRecord } from '@faregate/gateway/record'
import type { Row } from './ledger-rows.ts'
import { denialToRow, requestToRow } from './record-rows.ts'
import type { Log, RecordWriter } from './store.ts'

const FLUSH_MS = 250
const FLUSH_ROWS = 500
const RETRY_MS = 1_000

/** A record as its row: made at once, while what it is made of is at hand, and smaller to keep. */
interface Item {
  kind: 'request' | 'denial'
  id: string
  row: Row
}

export interface RecordSink {
  /** Writes rows in one transaction; rows that are there already are left alone. */
  insert(requests: Row[], denials: Row[]): Promise<void>
  /** Whether an error is the database's absence, not the rows' fault. */
  passing(error: unknown): boolean
  /** These requests are recorded, or never will be. */
  done(requests: string[]): void
}

/**
 * Collects records and writes them in batches, off the request path. While the database is away it keeps what
 * fits; a full queue drops the newest and counts them; a row that the database refuses is dropped alone.
 */
export class BatchedRecords implements RecordWriter {
  readonly #sink: RecordSink
  readonly #capacity: number
  readonly #log: Log
  #waiting: Item[] = []
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #dropped = 0
  #away = false

  constructor(sink: RecordSink, capacity: number, log: Log) {
    this.#sink = sink
    this.#capacity = capacity
    this.#log = log
  }

  get depth(): number {
    return this.#waiting.length
  }

  get dropped(): number {
    return this.#dropped
  }

  request(record: RequestRecord): void {
    this.#take('request', record.id, () => requestToRow(record))
  }

  denial(record: DenialRecord): void {
    this.#take('denial', record.id, () => denialToRow(record))
  }

  /** Writes what waits now; gives up on the first absence of the database (what waits is tried again later). */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running
    if (this.#waiting.length > 0) await this.#run()
  }

  /** Writes what waits, once; drops what cannot be written. No timer is left. */
  async close(): Promise<void> {
    await this.flush()
    clearTimeout(this.#timer)
    if (this.#waiting.length > 0) this.#log('error', 'records are lost: the database is away', { records: this.#waiting.length })
    this.#dropped += this.#waiting.length
    this.#waiting = []
  }

  #take(kind: Item['kind'], id: string, row: () => Row): void {
    if (this.#waiting.length >= this.#capacity) {
      this.#dropped++
      if (kind === 'request') this.#sink.done([id])
      return
    }
    this.#waiting.push({ kind, id, row: row() })
    if (this.#running !== undefined) return
    if (this.#waiting.length >= FLUSH_ROWS && !this.#away) void this.#run()
    else this.#schedule(FLUSH_MS)
  }

  #schedule(delay: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#run(), delay)
    this.#timer.unref()
  }

  #run(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, FLUSH_ROWS)
      try {
        await this.#write(batch)
        this.#away = false
      } catch (error) {
        if (this.#sink.passing(error)) {
          this.#away = true
          this.#schedule(RETRY_MS)
          return
        }
        await this.#writeSingly(batch)
      }
      this.#waiting = this.#waiting.slice(batch.length)
      this.#sink.done(batch.flatMap((item) => (item.kind === 'request' ? [item.id] : [])))
    }
  }

  async #write(batch: Item[]): Promise<void> {
    const requests: Row[] = []
    const denials: Row[] = []
    for (const item of batch) {
      if (item.kind === 'request') requests.push(item.row)
      else denials.push(item.row)
    }
    await this.#sink.insert(requests, denials)
  }

  async #writeSingly(batch: Item[]): Promise<void> {
    for (const item of batch) {
      try {
        await this.#write([item])
      } catch (error) {
        this.#dropped++
        this.#log('error', 'a record was refused by the database', { id: item.id, error: String(error) })
      }
    }
  }
}
