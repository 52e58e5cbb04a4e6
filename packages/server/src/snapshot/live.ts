import type { Snapshot } from '@faregate/core'
import type { Logger } from '../log/log.ts'

/** Where configuration comes from: its version, cheaply, and the whole, when that has changed. */
export interface ConfigurationSource {
  version(): Promise<number>
  read(version: number): Promise<Snapshot>
}

/** How often other processes' changes are looked for, in milliseconds: in force within a second. */
const POLL_MS = 400

/**
 * The configuration in force: an immutable snapshot that is swapped as a whole when the database's version moves.
 * While the database is away, or holds what cannot be read, the last good snapshot stays.
 */
export class LiveConfiguration {
  readonly #source: ConfigurationSource
  readonly #log: Pick<Logger, 'error' | 'info'>
  readonly #onSwap: ((snapshot: Snapshot) => void)[]
  #snapshot: Snapshot
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #failing = false
  #closed = false

  constructor(source: ConfigurationSource, first: Snapshot, log: Pick<Logger, 'error' | 'info'>, onSwap: (snapshot: Snapshot) => void) {
    this.#source = source
    this.#log = log
    this.#onSwap = [onSwap]
    this.#snapshot = first
    this.#schedule()
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  /** Tells of the configuration in force, now and whenever it is another one. */
  watch(listener: (snapshot: Snapshot) => void): void {
    listener(this.#snapshot)
    this.#onSwap.push(listener)
  }

  /** Takes up the newest version; resolves when it is in force. After an own change, call this before answering. */
  refresh(): Promise<void> {
    return this.#lookNext(false)
  }

  /** The same although nobody changed anything: what was found out with the last one is found out anew, such as prices that begin now. */
  reread(): Promise<void> {
    return this.#lookNext(true)
  }

  async #lookNext(unchanged: boolean): Promise<void> {
    // A look that began before the change may miss it: wait for it, then look again.
    while (this.#running !== undefined) await this.#running
    if (this.#closed) return
    this.#running = this.#look(unchanged).finally(() => {
      this.#running = undefined
    })
    await this.#running
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      void this.refresh().finally(() => this.#schedule())
    }, POLL_MS)
    this.#timer.unref()
  }

  async #look(unchanged: boolean): Promise<void> {
    try {
      const version = await this.#source.version()
      if (unchanged || version !== this.#snapshot.version) this.#swap(await this.#source.read(version))
      this.#failing = false
    } catch (error) {
      if (!this.#failing) this.#log.error({ error: String(error) }, 'the configuration cannot be read; the last one stays in force')
      this.#failing = true
    }
  }

  #swap(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    for (const swapped of this.#onSwap) swapped(snapshot)
    this.#log.info({ version: snapshot.version }, 'a new configuration is in force')
  }
}
