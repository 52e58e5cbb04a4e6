import { capOfKey } from '@faregate/core'
import { visible, type Call, type Handlers } from '../call.ts'
import { adjustCap, capOf } from '../caps.ts'
import { changeConfiguration } from '../change.ts'
import { changedIdentity, checkIdentity } from '../key-identity.ts'
import { presentKey } from '../present/tenants.ts'
import { timeOf } from '../present/time.ts'
import { found, refuse } from '../refusal.ts'
import type { KeyRow } from '../rows.ts'

export const keysId: Handlers<'updateKey' | 'revokeKey'> = {
  async updateKey(call) {
    const {
      deps,
      params: { id },
    } = call
    const { shown, changed } = await changeConfiguration(call, async (trx) => {
      const before = visible(call, await trx.keys.get(id), 'key', id)
      if (before.state === 'revoked') return refuse({ code: 'conflict', detail: `The key "${id}" is revoked for good.` })
      const row = changedKey(before, call.body)
      await checkIdentity(call, trx, id, call.body.identity)
      await trx.updateKey(id, row)
      const now = deps.clock.now()
      const answer = presentKey(row, now)
      const event = { action: 'key.update', subject: id, organization: row.organization, before: presentKey(before, now), after: answer }
      return { event, answer: { shown: answer, changed: row } }
    })
    if (call.body.cap !== undefined && changed.cap !== null)
      await adjustCap(call, changed.organization, capOfKey(changed.capKey), changed.cap)
    return shown
  },

  async revokeKey(call) {
    const {
      deps,
      params: { id },
    } = call
    const known = visible(call, await deps.store.read.keys.get(id), 'key', id)
    if (known.state === 'revoked') return undefined
    await changeConfiguration(call, async (trx) => {
      const before = found(await trx.keys.get(id), 'key', id)
      await trx.updateKey(id, { state: 'revoked' })
      const now = deps.clock.now()
      const after = presentKey({ ...before, state: 'revoked' }, now)
      return {
        event: { action: 'key.revoke', subject: id, organization: before.organization, before: presentKey(before, now), after },
        answer: undefined,
      }
    })
    return undefined
  },
}

function changedKey(before: KeyRow, body: Call<'updateKey'>['body']): KeyRow {
  return {
    ...before,
    name: body.name ?? before.name,
    state: body.enabled === undefined ? before.state : body.enabled ? 'active' : 'disabled',
    scopes: body.scopes ?? before.scopes,
    addresses: body.addresses === undefined ? before.addresses : body.addresses,
    models: body.models === undefined ? before.models : body.models,
    apis: body.apis === undefined ? before.apis : body.apis,
    cap: body.cap === undefined ? before.cap : capOf(body.cap),
    identity: changedIdentity(before, body.identity),
    limits: body.limits ?? before.limits,
    expiresAt: body.expiresAt === undefined ? before.expiresAt : timeOf(body.expiresAt),
  }
}
