import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const AFTER_MS = 3_000

export interface MemoryKeeper {
  /** Collects what is not used and gives it back to the system, in the next moment without requests. */
  giveBack: () => void
}

/**
 * Loading leaves the heap at more than twice what serving needs, large bodies leave as much as they were, and V8 keeps
 * that for as long as little happens. Collecting it takes some 50 ms: `idle` says when nobody waits for them.
 */
export function memoryKeeper(idle: () => boolean): MemoryKeeper {
  let due = false
  const whenIdle = (): void => {
    setTimeout(() => {
      if (!idle()) return whenIdle()
      due = false
      collector()({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    }, AFTER_MS).unref()
  }
  return {
    giveBack: () => {
      if (due) return
      due = true
      whenIdle()
    },
  }
}

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/** The collector's own function, which exists where the flag is set when a context is made. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  return collect
}
