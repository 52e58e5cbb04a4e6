import type { Buckets, CallMeasured, DenialCode, Millis, Nano, TraceStep, ViolationNote } from '@faregate/core'

/** What happened to one request; one row, written off the request path. Money is decided by the ledger, not here. */
export interface RequestRecord {
  id: string
  at: Millis
  organization: string | null
  application: string | null
  key: string | null
  /** The caller's `user` member and `Faregate-Tags` header. */
  user: string | null
  tags: string | null
  path: string
  /** As the caller named it. */
  model: string | null
  /** The published API that was called, and its route. */
  api: string | null
  route: string | null
  /** The release of that API that was in force. */
  release: number | null
  stream: boolean
  outcome: 'served' | 'partial' | 'refused' | 'failed' | 'aborted'
  denial: DenialCode | null
  denialId: string | null
  status: number
  /** What was charged, nano-units. */
  cost: Nano
  /** What the provider is owed by its own price, nano-units; null when unknown. */
  providerCost: Nano | null
  priceVersion: string | null
  estimated: boolean
  /** Oddities worth a look: usage_missing, usage_absurd, excess, absorbed, … */
  flags: string[]
  delivery: 'confirmed' | 'unconfirmed' | 'none'
  clamped: number | null
  latencyMs: number
  ttftMs: number | null
  attempts: AttemptRecord[]
  /** What its charge was reckoned from, where its price depends on what went through it. */
  measured?: CallMeasured | undefined
  /** In what it differs from the document of its API; absent: in nothing, or nobody looked. */
  violations?: readonly ViolationNote[] | undefined
}

/** One attempt: at a provider, with what it consumed in disjoint buckets, or at an upstream of a published API. */
export interface AttemptRecord {
  /** Null: it was an upstream of an API. */
  provider: string | null
  model: string | null
  /** Which of the upstreams of the API's release it was, from 1 on: where it is concerns nobody who may read records. */
  upstream?: number
  /** HTTP status, or null when there was none. */
  status: number | null
  outcome: 'served' | 'partial' | 'failed' | 'aborted'
  error: DenialCode | null
  buckets: Buckets
  latencyMs: number
  ttftMs: number | null
  /** Where a WebSocket opened. */
  connection?: ConnectionRecord
}

/** What passed through a WebSocket. */
export interface ConnectionRecord {
  /** For how long it was open. */
  ms: number
  /** From the caller. */
  receivedBytes: number
  /** To the caller. */
  sentBytes: number
  /** Who ended it: one of the sides, nothing passing for too long, or the gateway that stopped. */
  ended: 'caller' | 'upstream' | 'idle' | 'shutdown'
}

/** An attempt at a provider. */
export type ProviderAttempt = AttemptRecord & { provider: string; model: string }

export function isAtProvider(attempt: AttemptRecord): attempt is ProviderAttempt {
  return attempt.provider !== null
}

/** A refusal with its decision trace, for `GET /denials/{id}`. */
export interface DenialRecord {
  id: string
  at: Millis
  requestId: string
  organization: string | null
  key: string | null
  code: DenialCode
  /** The whole problem as it was answered, JSON. */
  problem: string
  trace: TraceStep[]
  operatorDetail: string | null
  configurationVersion: number
}

/** Takes records and never makes the caller wait; what does not fit is dropped and counted. */
export interface Recorder {
  request(record: RequestRecord): void
  denial(record: DenialRecord): void
}
