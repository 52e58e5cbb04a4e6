import { freshId, visible, type Handlers } from '../call.ts'
import { capOf } from '../caps.ts'
import { change } from '../change.ts'
import { checkIdentity } from '../key-identity.ts'
import { checkMember } from '../of-team.ts'
import { presentKey } from '../present/tenants.ts'
import { timeOf } from '../present/time.ts'
import type { KeyRow } from '../rows.ts'

export const applicationsIdKeys: Handlers<'createKey'> = {
  async createKey(call) {
    const {
      deps,
      params: { id: application },
      body,
    } = call
    const { organization, team } = visible(call, await deps.store.read.applications.get(application), 'application', application)
    const member = body.member === undefined ? call.credential.member : body.member
    await checkMember(call, deps.store.read, organization, member, '/member')
    const secret = deps.mint('key')
    const id = freshId(call, 'key')
    const row: KeyRow = {
      id,
      capKey: id,
      lastUsedAt: null,
      application,
      organization,
      team,
      name: body.name,
      hash: deps.hashSecret(secret),
      lastFour: secret.slice(-4),
      state: 'active',
      member,
      scopes: body.scopes ?? [],
      addresses: body.addresses ?? null,
      models: body.models ?? null,
      apis: body.apis ?? null,
      stage: body.stage,
      cap: capOf(body.cap ?? null),
      identity: body.identity ?? null,
      limits: body.limits ?? [],
      expiresAt: timeOf(body.expiresAt ?? null),
      createdAt: deps.clock.now(),
    }
    return change(call, async (trx) => {
      await checkIdentity(call, trx, id, body.identity)
      await trx.insertKey(row)
      const shown = presentKey(row, row.createdAt)
      return {
        event: { action: 'key.create', subject: row.id, organization, after: shown },
        answer: { ...shown, key: secret, signingSecret: deps.signingSecret(id) },
        repeated: shown,
      }
    })
  },
}
