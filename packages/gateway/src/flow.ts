import { performance } from 'node:perf_hooks'
import type { Denial, Millis, Nano, TraceStep } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Admission } from '@faregate/limits'
import type { Decoded, EndpointDialect, ModelRequest } from '@faregate/wire'
import type { PublishedPrompt } from './apis/port.ts'
import type { SignedBody } from './callers/signed-body.ts'
import type { Inbound, Outbound } from './edge.ts'
import type { Route } from './locate.ts'
import type { Offer, Planned } from './plans/port.ts'
import type { AttemptRecord } from './record.ts'
import type { Reservation } from './reserve.ts'
import { surfaceOf } from './surfaces.ts'

/** One request on its way: what each step found out, for the next step, the record and the trace. */
export interface Flow {
  readonly id: string
  readonly at: Millis
  /** On the monotonic clock, milliseconds. */
  readonly startedAt: number
  readonly inbound: Inbound
  readonly outbound: Outbound
  /** What the caller speaks; absent where no model is called. */
  readonly dialect: EndpointDialect | undefined
  /** The published prompt that is called: its model is asked, and is not the caller's to choose. */
  readonly prompt?: PublishedPrompt
  key?: KeyEntry
  /** Whom the credential names, where it names somebody beside the key. */
  subject?: string
  /** What the body was signed as. */
  signedBody?: SignedBody
  request?: ModelRequest
  /** The request in neutral form, once a deployment needed it. */
  decoded?: Decoded
  route?: Route
  /** The published API that is called, its release, and the name of its route once it is found. */
  api?: { name: string; route: string | null; release?: number | undefined }
  /** How it stands with its limits, where it has any. */
  admission?: Admission
  /** Whose limits are counted among them; absent: no plan's. */
  limitedUnder?: Offer | undefined
  /** The plans under which it is served; absent: from the balance alone. */
  plan?: Planned
  reservation?: Pick<Reservation, 'plan' | 'slices' | 'offer'>
  readonly attempts: AttemptRecord[]
  readonly flags: string[]
  readonly trace: TraceStep[]
  cost: Nano
  ttftMs: number | null
  /** Set when the request was refused, before or in the middle of the answer. */
  denial?: Denial
}

export function newFlow(inbound: Inbound, outbound: Outbound, now: Millis): Flow {
  return {
    id: inbound.id,
    at: now,
    startedAt: performance.now(),
    inbound,
    outbound,
    dialect: surfaceOf(inbound.path)?.dialect(inbound),
    attempts: [],
    flags: [],
    trace: [],
    cost: 0n,
    ttftMs: null,
  }
}

/** Milliseconds since the request came in, whole. */
export function elapsed(flow: Flow): number {
  return Math.round(performance.now() - flow.startedAt)
}

/** Notes a check that passed or failed, for `/denials/{id}`. */
export function note(flow: Flow, check: string, result: TraceStep['result'], facts?: Record<string, unknown>): void {
  flow.trace.push(facts === undefined ? { check, result } : { check, result, facts })
}
