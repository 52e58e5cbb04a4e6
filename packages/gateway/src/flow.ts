import { performance } from 'node:perf_hooks'
import type { CallMeasured, Denial, DenialCode, Millis, Nano, ViolationNote } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Admission } from '@faregate/limits'
import type { Decoded, EndpointDialect, ModelRequest } from '@faregate/wire'
import type { Ways } from './callers/identify-caller.ts'
import type { SignedBody } from './callers/signed-body.ts'
import type { Inbound, Outbound } from './edge.ts'
import { BARE_MODEL, type Facade } from './facade.ts'
import type { Route } from './locate.ts'
import type { Offer, Planned } from './plans/port.ts'
import type { AttemptRecord } from './record.ts'
import type { Reservation } from './reserve.ts'
import { surfaceOf } from './surfaces.ts'
import type { Step, Use } from './trace/step.ts'

/** One request on its way: what each step found out, for the next step, the record, and the trace of a refusal. */
export interface Flow {
  readonly id: string
  readonly at: Millis
  /** On the monotonic clock, milliseconds. */
  readonly startedAt: number
  readonly inbound: Inbound
  readonly outbound: Outbound
  /** What the caller speaks; absent where no model is called. */
  readonly dialect: EndpointDialect | undefined
  /** What the caller sees of the model that is asked. */
  readonly facade: Facade
  /** In which ways its caller proves who that is, where an API says so; absent: with a key. */
  readonly ways?: Ways | undefined
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
  reservation?: Pick<Reservation, 'plan' | 'slices' | 'offer' | 'entry'>
  /** What became of the attempt to return the hold, where nothing was served. */
  released?: 'ok' | DenialCode
  readonly attempts: AttemptRecord[]
  readonly flags: string[]
  /** How far it has come; a refusal's trace is made from this, and from what the steps found out. */
  step: Step
  /** What its key is used for, once that is known. */
  use?: Use
  cost: Nano
  ttftMs: number | null
  /** What its charge was reckoned from, where its price depends on what went through it. */
  measured?: CallMeasured
  /** In what it differs from the document of its API, as far as that may be kept. */
  violations?: ViolationNote[]
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
    facade: BARE_MODEL,
    attempts: [],
    flags: [],
    step: 'route',
    cost: 0n,
    ttftMs: null,
  }
}

/** Milliseconds since the request came in, whole. */
export function elapsed(flow: Flow): number {
  return Math.round(performance.now() - flow.startedAt)
}

/** Keeps what the key of a request is used for, which is to be permitted next. */
export function useOf<U extends Use>(flow: Flow, use: U): U {
  flow.step = 'permission'
  flow.use = use
  return use
}
