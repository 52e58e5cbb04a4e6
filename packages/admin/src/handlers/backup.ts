import type { Handlers } from '../call.ts'
import { change } from '../change.ts'

export const backup: Handlers<'createBackup' | 'restoreBackup'> = {
  async createBackup(call) {
    const made = await call.deps.backup(call.body.name)
    return change(call, async () => ({ event: { action: 'backup.create', subject: made.file, organization: null, after: made }, answer: made }))
  },

  /** The row that tells of it is written after, into what was restored. */
  async restoreBackup(call) {
    const { file } = call.body
    const { previous } = await call.deps.restore(file)
    await call.deps.changed()
    const answer = { restored: file, previous }
    return change(call, async () => ({ event: { action: 'backup.restore', subject: file, organization: null, after: answer }, answer }))
  },
}
