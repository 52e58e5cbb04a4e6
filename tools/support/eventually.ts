import { setTimeout as pause } from 'node:timers/promises'

/** Waits until something holds. @throws Error when it does not within two minutes */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 120_000
  while (!(await holds().catch(() => false))) {
    if (Date.now() > until) throw new Error('it did not come about in two minutes')
    await pause(50)
  }
}
