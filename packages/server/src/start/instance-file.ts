import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Notes where the gateway of a data folder listens, for the command line on the same machine. */
export function noteInstance(directory: string, facts: { url: string; pid: number; startedAt: number }): { remove(): void } {
  const file = join(directory, 'instance.json')
  writeFileSync(file, `${JSON.stringify(facts)}\n`, { mode: 0o600 })
  return { remove: () => rmSync(file, { force: true }) }
}
