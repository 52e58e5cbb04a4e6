import assert from 'node:assert/strict'
import { denialInEvent, Denied, readDenial, type DenialCode, type Facts } from '../../packages/client/src/index.ts'
import type { Answer } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'

/** What the client's types promise of the problem of a code; each row compiles only while the types say so, too. */
const FACTS: { [Code in keyof Facts]: (keyof Facts[Code])[] } = {
  route_unknown: ['didYouMean'],
  model_unknown: ['didYouMean'],
  api_retired: ['successor'],
  model_retired: ['successor'],
  permission_denied: ['required', 'granted'],
  payment_action_required: ['limit'],
  auto_topup_failed: ['limit'],
  insufficient_balance: ['limit'],
  balance_reserved: ['limit'],
  cap_key: ['limit'],
  cap_user: ['limit'],
  cap_tag: ['limit'],
  cap_team: ['limit'],
  cap_org: ['limit'],
  rate_limited: ['limit'],
  concurrency_limited: ['limit'],
  request_too_large: ['limit'],
  provider_timeout: ['limit'],
  gateway_misconfigured: ['incidentId'],
  price_missing: ['incidentId'],
  no_provider_key: ['incidentId'],
  stream_funds_exhausted: ['charged'],
}

/** The client reads a refusal as its code, with what its type promises. */
export async function assertClientReads(code: DenialCode, answer: Answer): Promise<void> {
  const denied = (await readDenial(responseOf(answer))) ?? inStream(answer)
  assert.ok(denied instanceof Denied, answer.text.slice(0, 600))
  assert.ok(denied.is(code), denied.code)
  const promised: string[] = FACTS[code as keyof Facts] ?? []
  for (const member of promised) assert.notEqual(denied.problem[member], undefined, `${code} has ${member}`)
  if (promised.includes('limit') && ['balance', 'credit', 'cap'].includes(denied.problem.limit?.kind ?? ''))
    for (const member of ['unit', 'required', 'available', 'held', 'shortfall'])
      assert.equal(typeof denied.problem.limit?.[member], 'string')
}

function responseOf({ status, rawHeaders, body }: Answer): Response {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  return new Response(new Uint8Array(body), { status, headers })
}

function inStream(answer: Answer): Denied | undefined {
  return chatStream(answer.body)
    .chunks.map((chunk) => denialInEvent(chunk))
    .find((denied) => denied !== undefined)
}
