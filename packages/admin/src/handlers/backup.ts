import { basename } from 'node:path'
import type { Handlers } from '../call.ts'
import { change } from '../change.ts'
import { refuse } from '../refusal.ts'

export const backup: Handlers<'createBackup' | 'restoreBackup'> = {
  async createBackup(call) {
    const { file, bytes } = await call.deps.backup(call.body.name).catch(refuseUnfit)
    const answer = { name: basename(file), file, bytes }
    return change(call, async () => ({
      event: { action: 'backup.create', subject: answer.name, organization: null, after: answer },
      answer,
    }))
  },

  /** The row that tells of it is written after, into what was restored. */
  async restoreBackup(call) {
    const { file } = call.body
    const { previous } = await call.deps.restore(file).catch(refuseUnfit)
    await call.deps.changed()
    const answer = { restored: file, previous }
    return change(call, async () => ({ event: { action: 'backup.restore', subject: file, organization: null, after: answer }, answer }))
  },
}

/** What the store says of a file that it cannot write, or cannot take, is meant for the operator, who asked for it. */
function refuseUnfit(error: unknown): never {
  if (error instanceof Error && UNFIT.includes(error.name)) return refuse({ code: 'conflict', detail: error.message })
  throw error
}

const UNFIT = ['StoreUnfit', 'StoreTooNew']
