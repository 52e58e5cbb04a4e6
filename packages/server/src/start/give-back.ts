import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const AFTER_MS = 3_000

/**
 * Loading leaves the heap at more than twice what serving needs, and V8 keeps that for as long as little happens.
 * Once, in a moment without requests, it is collected and given back to the system: about 25 MB, some 50 ms.
 */
export function giveBackMemory(idle: () => boolean): void {
  setTimeout(() => {
    if (!idle()) return giveBackMemory(idle)
    collector()({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, AFTER_MS).unref()
}

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/** The collector's own function, which exists where the flag is set when a context is made. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  return collect
}
