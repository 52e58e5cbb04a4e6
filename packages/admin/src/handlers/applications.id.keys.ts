import { parseAmount } from '@faregate/core'
import { freshId, visible, type Handlers } from '../call.ts'
import { change } from '../change.ts'
import { presentKey } from '../present/tenants.ts'
import { timeOf } from '../present/time.ts'
import type { KeyCap, KeyRow } from '../rows.ts'

export const applicationsIdKeys: Handlers<'createKey'> = {
  async createKey(call) {
    const {
      deps,
      params: { id: application },
      body,
    } = call
    const { organization } = visible(call, await deps.store.read.applications.get(application), 'application', application)
    const secret = deps.mint('key')
    const row: KeyRow = {
      id: freshId(call, 'key'),
      application,
      organization,
      name: body.name,
      hash: deps.hashSecret(secret),
      lastFour: secret.slice(-4),
      state: 'active',
      scopes: body.scopes ?? [],
      models: body.models ?? null,
      cap: capOf(body.cap ?? null),
      limits: body.limits ?? [],
      expiresAt: timeOf(body.expiresAt ?? null),
      createdAt: deps.clock.now(),
    }
    return change(call, async (trx) => {
      await trx.insertKey(row)
      const shown = presentKey(row, row.createdAt)
      return {
        event: { action: 'key.create', subject: row.id, organization, after: shown },
        answer: { ...shown, key: secret },
        repeated: shown,
      }
    })
  },
}

/** A cap as it is sent; its amount was checked by the schema. */
export function capOf(cap: { amount: string; period: KeyCap['period'] } | null): KeyCap | null {
  return cap === null ? null : { amount: parseAmount(cap.amount) ?? 0n, period: cap.period }
}
