import { isDenial, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { answerJson } from './answer-json.ts'
import type { Flow } from './flow.ts'
import { routeUnknown } from './hints.ts'
import { permitted, type Shared } from './model-call.ts'
import { refuse } from './refuse.ts'
import { LIMIT_REQUESTS } from './request-limit.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'

/** Where callers ask for a higher limit. Both reject where the database does not answer. */
export interface LimitDesk {
  /** Takes what a caller asks for: JSON, as it was sent. Answers with the request that stands for it, or why it cannot be asked. */
  ask(key: KeyEntry, asked: { requestId: string; body: Buffer; idempotencyKey: string | undefined }): Promise<object | Denial>
  /** One that was asked for in this key's organization. */
  find(key: KeyEntry, id: string): Promise<object | undefined>
}

/** `POST /v1/limit-requests`: asks whoever decides for more of what has refused, or will. */
export async function serveNewLimitRequest(shared: Shared, flow: Flow): Promise<void> {
  const { deps } = shared
  const key = await permitted(shared, flow, 'key')
  if (isDenial(key)) return refuse(deps, flow, key)
  const { body, headers } = flow.inbound
  const sent = headers['idempotency-key']
  try {
    const idempotencyKey = typeof sent === 'string' ? sent : undefined
    const answer = await deps.limitDesk.ask(key, { requestId: flow.id, body, idempotencyKey })
    if (isDenial(answer)) return await refuse(deps, flow, answer)
    await answerJson(deps, flow, answer, 201)
  } catch (error) {
    await refuse(deps, flow, ledgerUnavailable(error))
  }
}

/** `GET /v1/limit-requests/{id}`: whether it was decided, and how. */
export async function serveLimitRequest(shared: Shared, flow: Flow): Promise<void> {
  const { deps } = shared
  const key = await permitted(shared, flow, 'key')
  if (isDenial(key)) return refuse(deps, flow, key)
  const { path, method } = flow.inbound
  try {
    const found = await deps.limitDesk.find(key, path.slice(LIMIT_REQUESTS.length + 1))
    if (found !== undefined) return await answerJson(deps, flow, found)
  } catch (error) {
    return refuse(deps, flow, ledgerUnavailable(error))
  }
  const unknown = routeUnknown(deps.settings.publicUrl(), method, path)
  return refuse(deps, flow, { ...unknown, detail: 'There is no such request for a higher limit, or it is not of this organization.' })
}
