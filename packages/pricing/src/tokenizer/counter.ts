import { Worker } from 'node:worker_threads'
import type { CountReply, CountRequest } from './messages.ts'
import { tokenizerWorkerUrl } from './worker-url.ts'

/** Counts tokens by o200k_base, for every vendor: to reserve, and where usage is missing; never for a bill that has usage. */
export interface TokenCounter {
  /** Tokens of a text. Never rejects: where it cannot count, the answer is {@link tokensByBytes}, an upper bound. */
  count(text: string): Promise<number>
  /** The sum over texts that are counted each by itself, such as the pieces of a stream. */
  countEach(texts: string[]): Promise<number>
  /** Ends the worker; what is being counted is answered by bytes. */
  close(): void
}

export interface TokenCounterOptions {
  /** The worker, and the 50 MB that it takes, go away after this much silence. Milliseconds. */
  idleMs?: number
  /** A count that takes longer is given up. Milliseconds; loading takes up to 400 of them. */
  timeoutMs?: number
  worker?: URL
}

interface Pending {
  resolve: (tokens: number) => void
  bytes: number
}

/** Beyond this many characters a request is not encoded: its first million is, the rest counts by its bytes. */
const ENCODED_CHARACTERS = 1_000_000
/** A worker that fails this often in a row is not started again. */
const FAILURES = 3

/** At most this many tokens: every token has at least one byte of UTF-8. */
export function tokensByBytes(text: string): number {
  return Buffer.byteLength(text)
}

/** A counter whose worker thread starts with the first count. */
export function createTokenCounter(options: TokenCounterOptions = {}): TokenCounter {
  return new WorkerTokenCounter(options)
}

class WorkerTokenCounter implements TokenCounter {
  readonly #idleMs: number
  readonly #timeoutMs: number
  readonly #entry: URL
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | undefined
  #nextId = 0
  #failures = 0
  #closed = false
  #idle: NodeJS.Timeout | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor({ idleMs = 60_000, timeoutMs = 5_000, worker = tokenizerWorkerUrl() }: TokenCounterOptions) {
    this.#idleMs = idleMs
    this.#timeoutMs = timeoutMs
    this.#entry = worker
  }

  count(text: string): Promise<number> {
    return this.countEach([text])
  }

  countEach(texts: string[]): Promise<number> {
    const { encoded, restBytes } = withinLimit(texts)
    const bytes = encoded.reduce((sum, text) => sum + tokensByBytes(text), 0)
    if (bytes === 0) return Promise.resolve(restBytes)
    const worker = this.#running()
    if (worker === undefined) return Promise.resolve(bytes + restBytes)
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#pending.set(id, { bytes, resolve: (tokens) => resolve(tokens + restBytes) })
      if (this.#pending.size === 1) this.#busy(worker)
      worker.postMessage({ id, texts: encoded } satisfies CountRequest)
    })
  }

  close(): void {
    this.#closed = true
    this.#drop(this.#worker)
  }

  #running(): Worker | undefined {
    if (this.#worker !== undefined) return this.#worker
    if (this.#closed || this.#failures >= FAILURES) return undefined
    try {
      this.#worker = this.#start()
    } catch {
      this.#failures += 1
    }
    return this.#worker
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { name: 'tokenizer' })
    worker.on('message', (reply: CountReply) => this.#answer(worker, reply))
    const failed = (): void => {
      if (this.#worker !== worker) return
      this.#failures += 1
      this.#drop(worker)
    }
    worker.on('error', failed)
    worker.on('messageerror', failed)
    worker.on('exit', failed)
    return worker
  }

  #answer(worker: Worker, { id, tokens }: CountReply): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    this.#failures = 0
    pending.resolve(tokens)
    if (this.#pending.size > 0) this.#busy(worker)
    else this.#rest(worker)
  }

  /** While something is being counted the worker keeps the process alive, and has a deadline for its next answer. */
  #busy(worker: Worker): void {
    worker.ref()
    clearTimeout(this.#idle)
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      this.#failures += 1
      this.#drop(worker)
    }, this.#timeoutMs).unref()
  }

  #rest(worker: Worker): void {
    worker.unref()
    clearTimeout(this.#deadline)
    this.#idle = setTimeout(() => this.#drop(worker), this.#idleMs).unref()
  }

  /** Ends a worker on purpose or after a failure; what waits for it is answered by bytes. */
  #drop(worker: Worker | undefined): void {
    if (worker === undefined || this.#worker !== worker) return
    this.#worker = undefined
    clearTimeout(this.#idle)
    clearTimeout(this.#deadline)
    void worker.terminate()
    for (const { resolve, bytes } of this.#pending.values()) resolve(bytes)
    this.#pending.clear()
  }
}

function withinLimit(texts: string[]): { encoded: string[]; restBytes: number } {
  const encoded: string[] = []
  let room = ENCODED_CHARACTERS
  let restBytes = 0
  for (const text of texts) {
    const part = text.slice(0, room)
    if (part !== '') encoded.push(part)
    if (part.length < text.length) restBytes += tokensByBytes(text.slice(part.length))
    room -= part.length
  }
  return { encoded, restBytes }
}
