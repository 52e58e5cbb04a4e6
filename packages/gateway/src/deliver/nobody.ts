import { finish } from '../finish.ts'
import { release, type Settling } from '../settle.ts'

/** The caller went away before the first byte: nothing is owed (M21). */
export async function nobodyThere(delivery: Settling): Promise<void> {
  await release(delivery)
  finish(delivery.deps, delivery.flow, { outcome: 'aborted', status: 499, delivery: 'none' })
}
