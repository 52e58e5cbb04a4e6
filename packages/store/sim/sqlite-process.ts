/** A process with a SQLite store that does what a simulation tells it, until it is killed. */
import { join } from 'node:path'
import type { BatchItem } from '@faregate/ledger/port'
import type { RecordRow } from '../../ledger/sim/auditor/shapes.ts'
import { monotonicClock } from '../src/clock.ts'
import { openConnection, type Sqlite } from '../src/sqlite/connection.ts'
import { SqliteBackend } from '../src/sqlite/sqlite-backend.ts'
import type { Sent } from './observed-backend.ts'
import { readBooks, readRows, type Query } from './rows.ts'
import { StoreProcess } from './store-process.ts'

/** A request of the parent, with what the clocks say. */
export interface Told {
  id: number
  method: keyof Methods
  argument: unknown
  wall: number
  elapsed: number
}

/** An answer, and the ledger transactions that were sent since the one before. */
export interface Answer {
  id: number
  sent: Sent[]
  value?: unknown
  error?: { name: string; message: string }
}

type Methods = typeof methods

const clocks = { wall: 0, elapsed: 0 }
let lastNow = 0
let sent: Sent[] = []
let serving: StoreProcess | undefined
let directory = ''
let reader: Sqlite | undefined

function served(): StoreProcess {
  if (serving === undefined) throw new Error('the store is not open')
  return serving
}

const methods = {
  open: async (path: string): Promise<number> => {
    directory = path
    const corrected = monotonicClock({ now: () => clocks.wall }, () => clocks.elapsed)
    const clock = { now: () => (lastNow = corrected.now()) }
    const backend = await SqliteBackend.open({ directory, clock, log: () => undefined })
    const needs = { clock, elapsed: () => clocks.elapsed, now: () => lastNow, tell: (one: Sent) => void sent.push(one) }
    serving = await StoreProcess.start(backend, directory, needs)
    return serving.epoch
  },
  commit: (batch: BatchItem[]) => served().commit(batch),
  beat: () => served().beat(),
  record: async (records: RecordRow[]): Promise<void> => {
    for (const record of records) served().record(record)
    await served().flush()
  },
  books: () => reading(readBooks),
  rows: () => reading(readRows),
  verify: async () => (await served().store.verify()).violations,
  leave: () => served().leave(),
}

function reading<T>(read: (query: Query) => Promise<T>): Promise<T> {
  reader ??= openConnection(join(directory, 'faregate.sqlite'), { readonly: true })
  const db = reader
  return read(async (text) => db.prepare(text).raw().all() as unknown[][])
}

process.on('message', ({ id, method, argument, wall, elapsed }: Told) => {
  Object.assign(clocks, { wall, elapsed })
  const work = (methods[method] as (argument: unknown) => Promise<unknown>)(argument)
  const answer = (rest: Partial<Answer>): void => {
    const answered: Answer = { id, sent, ...rest }
    sent = []
    process.send?.(answered)
  }
  work.then(
    (value) => answer({ value }),
    (error: unknown) =>
      answer({ error: error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) } }),
  )
})
