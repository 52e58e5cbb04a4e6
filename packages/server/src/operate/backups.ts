import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@faregate/core'
import type { Store } from '@faregate/store'

/** Backups in the folder `backups` of the data: names are of one folder, checked by the management API. */
export function createBackups(store: Pick<Store, 'backup' | 'restore'>, directory: string, clock: Clock) {
  const folder = join(directory, 'backups')
  const write = async (name: string): Promise<string> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, name)
    await store.backup(file)
    return file
  }
  const stamp = () => new Date(clock.now()).toISOString().replace(/[:.]/g, '-')
  return {
    backup: async (name = `faregate-${stamp()}.sqlite`): Promise<{ file: string; bytes: number }> => {
      const file = await write(name)
      return { file, bytes: (await stat(file)).size }
    },
    /** What was there is backed up first, and named in the answer. */
    restore: async (name: string): Promise<{ previous: string }> => {
      const previous = await write(`before-restore-${stamp()}.sqlite`)
      await store.restore(join(folder, name))
      return { previous }
    },
  }
}
