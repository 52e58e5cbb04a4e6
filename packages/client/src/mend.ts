import type { Call } from './call.ts'
import { withModel, withOutputLimit } from './change-request.ts'
import type { Denied } from './denied.ts'
import { waitBounds, type Mend, type Policy, type World } from './options.ts'
import type { Fix } from './problem.ts'

/** What was done for one request so far: every way of mending is bounded. */
export class Efforts {
  waits = 0
  waitedSeconds = 0
  readonly paidFor = new Set<string>()
  readonly models = new Set<string>()
}

interface Situation {
  policy: Policy
  world: World
  efforts: Efforts
  call: Call
  denied: Denied
}

/** A call to send next, and what was done for it. */
interface Mended {
  call: Call
  mend: Mend
}

type Way = (situation: Situation, fix: Fix) => Promise<Mended | undefined> | Mended | undefined

/** Which of the fixes a client can carry out by itself, by their kind and action; the others are for people. */
const WAYS: { for: (fix: Fix) => boolean; way: Way }[] = [
  { for: ({ kind }) => kind === 'pay', way: pay },
  { for: ({ action }) => action === 'lower_max_tokens', way: (situation, { to }) => lower(situation, to) },
  { for: ({ kind, model }) => kind === 'change_request' && model !== undefined, way: otherModel },
]

/**
 * Does the first thing about a refusal that helps, that the policy allows and that was not done before: the fixes in the
 * order in which the gateway offers them, then other models, then waiting. `undefined`: there is none. Rejects when the
 * caller aborts, and with whatever `pay` rejects with.
 */
export async function mend(situation: Situation): Promise<Call | undefined> {
  const { denied, call, policy } = situation
  // What was delivered in part and charged would be charged again.
  if (!call.repeatable || denied.charged !== false) return undefined
  const done = (await byFixes(situation)) ?? otherModel(situation) ?? (await wait(situation))
  if (done !== undefined) policy.onMend?.(done.mend, denied)
  return done?.call
}

async function byFixes(situation: Situation): Promise<Mended | undefined> {
  for (const fix of situation.denied.fixes) {
    const way = WAYS.find((one) => one.for(fix))?.way
    const done = await way?.(situation, fix)
    if (done !== undefined) return done
  }
  return undefined
}

async function pay({ policy, efforts, denied, call }: Situation): Promise<Mended | undefined> {
  if (policy.pay === undefined || denied.status !== 402 || efforts.paidFor.has(denied.code)) return undefined
  efforts.paidFor.add(denied.code)
  const paid = await policy.pay(denied, call.signal)
  call.signal?.throwIfAborted()
  return paid ? { call, mend: { did: 'paid' } } : undefined
}

function lower({ policy: { lowerMaxTokens: may = false }, call }: Situation, to: number | undefined): Mended | undefined {
  if (may === false || to === undefined || (may !== true && to < may.atLeast)) return undefined
  const lowered = withOutputLimit(call, to)
  return lowered === undefined ? undefined : { call: lowered, mend: { did: 'lowered', to } }
}

function otherModel({ policy: { takeAlternative: may = false }, efforts, denied, call }: Situation): Mended | undefined {
  if (may === false) return undefined
  for (const offered of denied.alternatives) {
    if (efforts.models.has(offered.model) || (may !== true && !may(offered, denied))) continue
    efforts.models.add(offered.model)
    const changed = withModel(call, offered.model)
    if (changed !== undefined) return { call: changed, mend: { did: 'changed_model', model: offered.model } }
  }
  return undefined
}

/** As long as the gateway asks; where it does not know, a little longer each time, and not all clients at once. */
async function wait({ policy, world, efforts, denied, call }: Situation): Promise<Mended | undefined> {
  const { tries, longest, total } = waitBounds(policy)
  if (!denied.retryable || efforts.waits >= tries) return undefined
  const seconds = denied.retryAfterSeconds ?? 0.5 * 2 ** efforts.waits * (0.5 + world.random() / 2)
  if (seconds > longest || efforts.waitedSeconds + seconds > total) return undefined
  efforts.waits++
  efforts.waitedSeconds += seconds
  await world.sleep(seconds * 1_000, call.signal)
  return { call, mend: { did: 'waited', seconds } }
}
