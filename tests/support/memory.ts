import { residentMb } from './process.ts'

/** The most resident memory that a process has from now on, looked at often. */
export class PeakMemory {
  mb: number
  readonly #timer: NodeJS.Timeout

  constructor(pid: number) {
    this.mb = residentMb(pid)
    this.#timer = setInterval(() => {
      this.mb = Math.max(this.mb, residentMb(pid))
    }, 20).unref()
  }

  /** Ends the watch and gives what was seen. */
  stop(): number {
    clearInterval(this.#timer)
    return this.mb
  }
}
