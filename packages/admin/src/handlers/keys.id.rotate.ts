import { freshId, visible, type Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { presentKey } from '../present/tenants.ts'
import { timeOf } from '../present/time.ts'
import { refuse } from '../refusal.ts'
import type { KeyRow } from '../rows.ts'

export const keysIdRotate: Handlers<'rotateKey'> = {
  async rotateKey(call) {
    const { deps, body } = call
    const secret = deps.mint('key')
    return changeConfiguration(call, async (trx) => {
      const now = deps.clock.now()
      const before = visible(call, await trx.keys.get(call.params.id), 'key', call.params.id)
      if (before.state === 'revoked' || hasExpired(before, now)) return refuseDead(before)
      const row: KeyRow = {
        ...before,
        id: freshId(call, 'key'),
        hash: deps.hashSecret(secret),
        lastFour: secret.slice(-4),
        expiresAt: body.expiresAt === undefined ? before.expiresAt : timeOf(body.expiresAt),
        lastUsedAt: null,
        createdAt: now,
      }
      // One key alone stands for somebody: the new one.
      if (before.identity !== null) await trx.updateKey(before.id, { identity: null })
      await trx.insertKey(row)
      const end = now + body.overlapSeconds * 1000
      await trx.updateKey(before.id, { expiresAt: before.expiresAt === null ? end : Math.min(before.expiresAt, end) })
      const shown = presentKey(row, now)
      const { id: subject, organization } = before
      const event = { action: 'key.rotate', subject, organization, before: presentKey(before, now), after: shown }
      return { event, answer: { ...shown, key: secret, signingSecret: deps.signingSecret(row.id) }, repeated: shown }
    })
  },
}

function hasExpired({ expiresAt }: KeyRow, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}

function refuseDead({ id, state }: KeyRow): never {
  const why = state === 'revoked' ? 'is revoked' : 'has expired'
  return refuse({ code: 'conflict', detail: `The key "${id}" ${why}: create a new one.` })
}
