import { Worker } from 'node:worker_threads'
import { StoreLocked, StoreTooNew, StoreUnfit, type Log } from '../store.ts'
import type { Envelope, Opened, Reply, Request, ThreadData, ThreadFailure } from './messages.ts'

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** A statement failed in a thread; `code` is SQLite's. */
export class SqliteFailure extends Error {
  override readonly name = 'SqliteFailure'
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}

export type ThreadName = 'writer' | 'reader'

const HEAP_MB: Record<ThreadName, { old: number; young: number }> = {
  writer: { old: 96, young: 16 },
  reader: { old: 96, young: 8 },
}

/** A worker thread with one SQLite connection: requests go in, replies come back in order. */
export class SqliteThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #exited: Promise<void>
  #nextId = 1
  #failure: Error | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (reply: Reply) => this.#settle(reply))
    worker.on('error', (error: Error) => this.#fail(error))
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#fail(new SqliteFailure('the database thread has ended', 'THREAD_ENDED'))
        resolve()
      })
    })
  }

  /** Starts a thread; rejects with {@link StoreLocked}, {@link StoreTooNew} or {@link StoreUnfit} when it cannot open. */
  static async start(name: ThreadName, data: ThreadData): Promise<{ thread: SqliteThread; facts: Record<string, unknown> }> {
    const { old, young } = HEAP_MB[name]
    const worker = new Worker(entryOf(name), {
      workerData: data,
      name: `sqlite-${name}`,
      resourceLimits: { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young, stackSizeMb: 2 },
    })
    const opened = await new Promise<Opened>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    if (opened.opened) return { thread: new SqliteThread(worker), facts: opened.facts }
    await worker.terminate()
    throw errorOf(opened.error)
  }

  get alive(): boolean {
    return this.#failure === undefined
  }

  /** Requests that wait for their reply. */
  get depth(): number {
    return this.#waiting.size
  }

  call<T>(request: Request): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const id = this.#nextId++
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as T), reject })
      this.#worker.postMessage({ id, request } satisfies Envelope)
    })
  }

  /** Closes the connection after what was asked before, and ends the thread. */
  async close(): Promise<void> {
    if (this.alive) await this.call({ type: 'close' }).catch(() => undefined)
    await this.terminate()
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
    await this.#exited
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    this.#waiting.delete(reply.id)
    if ('error' in reply) waiting.reject(errorOf(reply.error))
    else waiting.resolve(reply.value)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure)
    this.#waiting.clear()
  }
}

/** The thread's entry file beside this one: TypeScript in the repository, JavaScript in the bundle. */
function entryOf(name: ThreadName): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./sqlite-${name}.${extension}`, import.meta.url)
}

function errorOf(failure: ThreadFailure): Error {
  if (failure.name === 'StoreLocked') return new StoreLocked(failure.message)
  if (failure.name === 'StoreTooNew') return new StoreTooNew(failure.message)
  if (failure.name === 'StoreUnfit') return new StoreUnfit(failure.message)
  return new SqliteFailure(failure.message, failure.code)
}

/** A thread that is started again, when it is next needed, after it has died. */
export class Restarting {
  readonly #name: ThreadName
  readonly #data: ThreadData
  readonly #log: Log
  #thread: SqliteThread
  #starting: Promise<SqliteThread> | undefined
  #closed = false

  constructor(name: ThreadName, data: ThreadData, thread: SqliteThread, log: Log) {
    this.#name = name
    this.#data = data
    this.#thread = thread
    this.#log = log
  }

  /** The thread, if it lives. */
  get current(): SqliteThread | undefined {
    return this.#thread.alive ? this.#thread : undefined
  }

  async get(): Promise<SqliteThread> {
    if (this.#thread.alive) return this.#thread
    if (this.#closed) throw new SqliteFailure('the store is closed', 'CLOSED')
    this.#starting ??= this.#restart().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#thread.close()
  }

  async #restart(): Promise<SqliteThread> {
    this.#log('error', `the database's ${this.#name} thread has ended; it is started again`)
    const { thread } = await SqliteThread.start(this.#name, this.#data)
    this.#thread = thread
    return thread
  }
}
