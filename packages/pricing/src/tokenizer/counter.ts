import { Worker } from 'node:worker_threads'
import { KnownCounts } from './known-counts.ts'
import type { CountReply, CountRequest } from './messages.ts'
import { tokenizerWorkerUrl } from './worker-url.ts'

/** What is answered where nothing can be counted: what it is at most, to reserve; what it is at least, to charge. */
export type Otherwise = 'most' | 'least'

/** Counts tokens by o200k_base, for every vendor: to reserve, and where usage is missing; never for a bill that has usage. */
export interface TokenCounter {
  /** Tokens of a text. Never rejects: where it cannot count, the answer is a bound by bytes (default: the upper one). */
  count(text: string, otherwise?: Otherwise): Promise<number>
  /** The sum over texts that are counted each by itself, such as the pieces of a stream. */
  countEach(texts: string[], otherwise?: Otherwise): Promise<number>
  /** Tokens of a text that was counted lately, at once; undefined where it has to be counted. */
  known(text: string): number | undefined
  /** Ends the worker; what is being counted is answered by bytes. */
  close(): void
}

export interface TokenCounterOptions {
  /** The worker, and the 50 MB that it takes, go away after this much silence. Milliseconds. */
  idleMs?: number
  /** A count that takes longer is given up. Milliseconds; loading takes up to 400 of them. */
  timeoutMs?: number
  /** A worker that failed again and again is tried anew after so long. Milliseconds. */
  restMs?: number
  worker?: URL
}

interface Pending {
  texts: string[]
  resolve: (tokens: number) => void
  otherwise: number
}

/** Beyond this many characters a request is not encoded: its first million is, the rest counts by its bytes. */
const ENCODED_CHARACTERS = 1_000_000
/** A worker that fails this often in a row is left alone for a while. */
const FAILURES = 3
/** Tokens of ordinary text have fewer bytes. */
const LONG_TOKEN_BYTES = 8

/** At most this many tokens: every token has at least one byte of UTF-8. */
export function tokensByBytes(text: string): number {
  return Buffer.byteLength(text)
}

/** At least this many, for ordinary text: every text has a token. */
function tokensAtLeast(text: string): number {
  return text === '' ? 0 : Math.max(1, Math.floor(Buffer.byteLength(text) / LONG_TOKEN_BYTES))
}

const BOUNDS: Record<Otherwise, (text: string) => number> = { most: tokensByBytes, least: tokensAtLeast }

/** A counter whose worker thread starts with the first count. */
export function createTokenCounter(options: TokenCounterOptions = {}): TokenCounter {
  return new WorkerTokenCounter(options)
}

class WorkerTokenCounter implements TokenCounter {
  readonly #idleMs: number
  readonly #timeoutMs: number
  readonly #restMs: number
  readonly #entry: URL
  readonly #pending = new Map<number, Pending>()
  readonly #known = new KnownCounts()
  #worker: Worker | undefined
  #nextId = 0
  #failures = 0
  #closed = false
  #idle: NodeJS.Timeout | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor({ idleMs = 60_000, timeoutMs = 5_000, restMs = 60_000, worker = tokenizerWorkerUrl() }: TokenCounterOptions) {
    this.#idleMs = idleMs
    this.#timeoutMs = timeoutMs
    this.#restMs = restMs
    this.#entry = worker
  }

  count(text: string, otherwise?: Otherwise): Promise<number> {
    return this.countEach([text], otherwise)
  }

  countEach(texts: string[], otherwise: Otherwise = 'most'): Promise<number> {
    const bound = BOUNDS[otherwise]
    const { known, unknown } = this.#split(texts)
    const { encoded, rest } = withinLimit(unknown, bound)
    const bounded = encoded.reduce((sum, text) => sum + bound(text), 0)
    if (bounded === 0) return Promise.resolve(known + rest)
    const worker = this.#running()
    if (worker === undefined) return Promise.resolve(known + bounded + rest)
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#pending.set(id, { texts: encoded, otherwise: bounded, resolve: (tokens) => resolve(known + tokens + rest) })
      if (this.#pending.size === 1) this.#busy(worker)
      worker.postMessage({ id, texts: encoded } satisfies CountRequest)
    })
  }

  known(text: string): number | undefined {
    return this.#known.of(text)
  }

  #split(texts: string[]): { known: number; unknown: string[] } {
    const unknown: string[] = []
    let known = 0
    for (const text of texts) {
      const count = this.#known.of(text)
      if (count === undefined) unknown.push(text)
      else known += count
    }
    return { known, unknown }
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
      this.#failed()
    }
    return this.#worker
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { name: 'tokenizer' })
    worker.on('message', (reply: CountReply) => this.#answer(worker, reply))
    const failed = (): void => {
      if (this.#worker !== worker) return
      this.#failed()
      this.#drop(worker)
    }
    worker.on('error', failed)
    worker.on('messageerror', failed)
    worker.on('exit', failed)
    return worker
  }

  #answer(worker: Worker, { id, counts }: CountReply): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    this.#failures = 0
    this.#known.learn(pending.texts, counts)
    pending.resolve(counts.reduce((sum, count) => sum + count, 0))
    if (this.#pending.size > 0) this.#busy(worker)
    else this.#rest(worker)
  }

  #failed(): void {
    this.#failures += 1
    if (this.#failures < FAILURES) return
    setTimeout(() => {
      this.#failures = 0
    }, this.#restMs).unref()
  }

  /** While something is being counted the worker keeps the process alive, and has a deadline for its next answer. */
  #busy(worker: Worker): void {
    worker.ref()
    clearTimeout(this.#idle)
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      this.#failed()
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
    for (const { resolve, otherwise } of this.#pending.values()) resolve(otherwise)
    this.#pending.clear()
  }
}

function withinLimit(texts: string[], bound: (text: string) => number): { encoded: string[]; rest: number } {
  const encoded: string[] = []
  let room = ENCODED_CHARACTERS
  let rest = 0
  for (const text of texts) {
    const part = text.slice(0, room)
    if (part !== '') encoded.push(part)
    if (part.length < text.length) rest += bound(text.slice(part.length))
    room -= part.length
  }
  return { encoded, rest }
}
