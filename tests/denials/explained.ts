import assert from 'node:assert/strict'
import type { DenialCode } from '../../packages/core/src/index.ts'
import { json, send, type Answer } from '../support/http.ts'
import { callOf, comparable } from './envelopes.ts'
import type { Surface } from './surfaces.ts'
import { say } from '../support/config.ts'
import { problemOf } from './world.ts'
import type { Made, World } from './world.ts'

const OF_THE_CREDENTIAL = 'it is asked with a key: how else callers of an API prove who they are is seen when they call'
const OF_THE_CALL = 'how the upstream answers is known once it was called'

/** What no forecast can tell, and why. */
const UNFORESEEN: Partial<Record<DenialCode, string>> = {
  caller_unknown: OF_THE_CREDENTIAL,
  idempotency_in_progress: 'the management API alone refuses so',
  idempotency_mismatch: 'the management API alone refuses so',
  ledger_unavailable: 'balances can be read while nothing can be written, and a forecast writes nothing',
  provider_account_unpaid: OF_THE_CALL,
  provider_auth_failed: OF_THE_CALL,
  provider_error: OF_THE_CALL,
  provider_rate_limited: OF_THE_CALL,
  provider_rejected: OF_THE_CALL,
  provider_timeout: OF_THE_CALL,
  signature_expired: OF_THE_CREDENTIAL,
  signature_replayed: OF_THE_CREDENTIAL,
  stream_funds_exhausted: 'how long an answer is, and what else is spent meanwhile, is known at its end',
  token_expired: OF_THE_CREDENTIAL,
}

/** Where a request is explained, as if models were called there. */
const EXPLAIN: Surface = {
  name: '/v1/explain',
  path: () => '/v1/explain',
  body: ({ model, output, user, more }) => ({
    model,
    max_tokens: output,
    messages: say(),
    ...(user === undefined ? {} : { user }),
    ...more,
  }),
  type: 'application/json',
  users: true,
  differs: [],
  problem: (body) => body,
}

/** `/v1/explain` says of a request what the request is then refused for: the same code, status, scope, limit, fixes and `also`. */
export async function assertExplained(world: World, code: DenialCode, made: Made): Promise<void> {
  const { refused, explained } = (await made.explained?.(EXPLAIN)) ?? { refused: made.answer, explained: await explain(world, made, code) }
  const verdict = explained.status === 200 ? (json(explained)['verdict'] as Record<string, unknown>) : json(explained)
  if (code in UNFORESEEN) {
    assert.notEqual(verdict['code'], code, 'what is foreseen is no exception')
    return
  }
  assert.deepEqual(told(verdict), told(problemOf(refused)), explained.text.slice(0, 1_000))
}

async function explain(world: World, { gateway = world.gateway, ...made }: Made, code: DenialCode): Promise<Answer> {
  const call = callOf(made)
  const key = code === 'credential_missing' ? undefined : call.key
  return send(`${gateway.url}/v1/explain`, {
    body: made.explain ?? EXPLAIN.body(call),
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...call.headers },
  })
}

/** What tells one refusal from the next is left out: an explanation refuses nothing, and has no number. */
function told(problem: Record<string, unknown>): unknown {
  const { denialId: _id, instance: _instance, requestId: _request, asOf: _time, incidentId: _incident, ...rest } = problem
  return comparable(rest, [])
}
