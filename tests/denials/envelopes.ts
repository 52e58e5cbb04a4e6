import assert from 'node:assert/strict'
import type { DenialCode } from '../../packages/core/src/index.ts'
import { header } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { assertHead, assertOpenai, assertProblem } from './head.ts'
import { callAt, problemAt, SURFACES } from './surfaces.ts'
import type { ModelCall, Surface } from './surfaces.ts'
import { problemOf } from './world.ts'
import type { Made, World } from './world.ts'

/** What happens in no other envelope, and why. */
const IN_ONE_ENVELOPE: Partial<Record<DenialCode, string>> = {
  api_retired: 'calls of published APIs have no dialect',
  signature_expired: 'only calls of published APIs are signed',
  signature_replayed: 'only calls of published APIs are signed',
  token_expired: 'only published APIs take tokens',
  caller_unknown: 'only published APIs take tokens',
  idempotency_in_progress: 'the management API has no dialect',
  idempotency_mismatch: 'the management API has no dialect',
  provider_rejected: "the body is the provider's own",
  stream_funds_exhausted: 'in mid-stream it is an event, and what is left of the balance is gone',
}

/** The same refusal wherever models are called: the dialect's own envelope with the same problem in it, and the same head. */
export async function assertEnvelopes(world: World, code: DenialCode, made: Made): Promise<void> {
  if (code in IN_ONE_ENVELOPE) return
  const call = callOf(made)
  for (const surface of SURFACES) {
    if (call.user !== undefined && !surface.users) continue
    const answer = await (made.repeat?.(surface) ?? callAt(made.gateway ?? world.gateway, surface, call))
    try {
      assertSame(code, made.answer, answer, surface)
    } catch (error) {
      throw new Error(`at ${surface.name}: ${answer.status} ${answer.text.slice(0, 800)}`, { cause: error })
    }
  }
}

export function callOf({ customer, call }: Pick<Made, 'customer' | 'call'>): ModelCall {
  return { ...(customer === undefined ? {} : { key: customer.key }), model: 'plain', output: 10, ...call }
}

function assertSame(code: DenialCode, first: Answer, answer: Answer, surface: Surface): void {
  assertHead(code, answer, surface.type)
  for (const name of ['x-should-retry', 'cache-control', 'link']) assert.equal(header(answer, name), header(first, name), name)
  assert.equal(scopeIn(answer), scopeIn(first))
  const problem = problemAt(surface, answer)
  assertProblem(code, problem, answer)
  if (!surface.differs.includes('-error')) assertOpenai(code, problem)
  assert.deepEqual(comparable(problem, surface.differs), comparable(problemOf(first), surface.differs))
}

function scopeIn(answer: Answer): string | undefined {
  return /;\s?scope="(\w+)"/.exec(header(answer, 'faregate-denial') ?? '')?.[1]
}

/** These tell one refusal from the next, when it was, or which member of which dialect was wrong. */
const ITS_OWN = ['denialId', 'requestId', 'instance', 'asOf', 'incidentId', 'detail', 'pointer', 'hint', 'didYouMean', 'error']
const OF_THE_TIME = new Set(['afterSeconds', 'seconds', 'resetsAt', 'pointer'])

/** The problem, but for that, and for what a dialect adds or leaves out; that there is such a member stays said. */
export function comparable(problem: Record<string, unknown>, differs: string[]): unknown {
  const members = Object.entries(problem).filter(([name]) => !differs.some((other) => other.slice(1) === name))
  const told = members.map(([name, value]): [string, unknown] => [name, ITS_OWN.includes(name) ? 'its own' : value])
  return JSON.parse(JSON.stringify(Object.fromEntries(told), timeless))
}

/** What a plan costs from now on falls a little with each second of the period. */
function timeless(name: string, value: unknown): unknown {
  if (OF_THE_TIME.has(name)) return 'of the time'
  return name === 'dueNow' && typeof value === 'string' ? Number(value).toFixed(4) : value
}
