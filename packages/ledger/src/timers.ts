/** How the queue waits. A simulation hands in its own, and decides when. */
export interface Timers {
  /** Calls again and again, until the answer is called; keeps no process alive. */
  every(ms: number, work: () => void): () => void
  after(ms: number): Promise<void>
}

/** The process's own. */
export const processTimers: Timers = {
  every(ms, work) {
    const timer = setInterval(work, ms).unref()
    return () => clearInterval(timer)
  },
  after: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
