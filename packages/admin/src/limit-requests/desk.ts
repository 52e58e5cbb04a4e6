import { ask as askSchema } from '@faregate/contract/limit-requests'
import type { KeyEntry } from '@faregate/identity'
import type { Context } from '../call.ts'
import type { AdminDeps } from '../deps.ts'
import { earlierAnswer, fingerprintOf } from '../idempotency.ts'
import { invalid } from '../refusal.ts'
import { askForLimit, type Ask } from './ask.ts'
import { presentLimitRequest } from './present.ts'
import type { Subject } from './rows.ts'

/** What a key asks for on the data plane. Throws a `ManagementRefusal` for what cannot be asked. */
export async function askWithKey(
  deps: AdminDeps,
  key: KeyEntry,
  { requestId, body, idempotencyKey }: { requestId: string; body: Buffer; idempotencyKey: string | undefined },
): Promise<object> {
  const asked = read(body)
  const idempotency =
    idempotencyKey === undefined
      ? undefined
      : { scope: `${key.id} /v1/limit-requests`, key: idempotencyKey, fingerprint: fingerprintOf(asked) }
  const before = idempotency === undefined ? undefined : await earlierAnswer(deps, idempotency)
  if (before !== undefined) return Object(before.answer) as object
  const { id: organization } = key.organization
  const credential = { id: key.id, permissions: new Set<never>(), organization, team: null, member: key.member?.id ?? null }
  const context: Context = { deps, credential, requestId, idempotency, status: 201 }
  return askForLimit(context, organization, { ...asked, subject: ownSubject(key, asked.subject) })
}

/** A request that was made in the organization of a key. */
export async function findWithKey(deps: AdminDeps, key: KeyEntry, id: string): Promise<object | undefined> {
  const row = await deps.store.read.limitRequests.get(id)
  return row?.organization === key.organization.id ? presentLimitRequest(deps, row) : undefined
}

function read(body: Buffer): Ask {
  let sent: unknown
  try {
    sent = JSON.parse(body.toString('utf8'))
  } catch {
    return invalid('', 'the body is not JSON')
  }
  const parsed = askSchema.safeParse(sent)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return invalid(`/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'is not what is asked here')
}

/** A key asks for itself and for what it belongs to; what it leaves out, it is. */
function ownSubject(key: KeyEntry, subject: Subject): Subject {
  if (subject.kind === 'quota' || subject.level === 'plan' || subject.level === 'user' || subject.level === 'tag') return subject
  const own: Record<typeof subject.level, string | undefined> = {
    key: key.id,
    member: key.member?.id,
    app: key.application.id,
    team: key.team?.id,
    org: key.organization.id,
  }
  const id = own[subject.level]
  if (id === undefined || (subject.id !== undefined && subject.id !== id)) return invalid('/subject/id', 'is not what this key belongs to')
  return { ...subject, id }
}
