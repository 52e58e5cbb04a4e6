import type { AttemptRecord, RequestRecord } from '@faregate/gateway/record'

/** What the ledger knows of a request whose record was lost with its process. */
export interface LostRequest {
  request: string | null
  at: bigint
  held: string
  settled_at: bigint
  /** The settle's terms: how its cost was divided. */
  terms: string
  settled: string
}

/** Its process settled it, and knows more of it, should it still live: its own record takes the place of this one. */
export const REBUILT = 'rebuilt'

/**
 * A request record from the ledger's entries: who and what from the memo of the first hold, how it ended from the
 * memo of the settle, the charge from its terms. Nobody knows whether the answer arrived.
 */
export function lostRecord(lost: LostRequest): RequestRecord {
  const memo: Record<string, unknown> = { ...members(lost.held), ...members(lost.settled) }
  const cost = charged(members(lost.terms))
  const recovered = memo['recovered'] === true
  return {
    id: lost.request ?? '',
    at: Number(lost.at),
    organization: text(memo['organization']),
    application: text(memo['application']),
    key: text(memo['key']),
    user: text(memo['user']),
    tags: text(memo['tags']),
    path: text(memo['path']) ?? '',
    model: text(memo['model']),
    api: text(memo['api']),
    route: text(memo['route']),
    release: number(memo['release']),
    stream: memo['stream'] === true,
    outcome: cost === 0n ? 'aborted' : recovered ? 'partial' : 'served',
    denial: null,
    denialId: null,
    status: cost === 0n ? 0 : 200,
    cost,
    providerCost: amount(memo['providerCost']),
    priceVersion: text(memo['priceVersion']),
    estimated: recovered ? cost > 0n : memo['estimated'] === true,
    flags: [...strings(memo['flags']), recovered ? 'recovered' : REBUILT],
    delivery: cost === 0n ? 'none' : 'unconfirmed',
    clamped: number(memo['clamped']),
    latencyMs: number(memo['latencyMs']) ?? Number(lost.settled_at - lost.at),
    ttftMs: number(memo['ttftMs']),
    ...measuredIn(memo['measured']),
    attempts: Array.isArray(memo['attempts']) ? (memo['attempts'] as AttemptRecord[]) : [],
  }
}

function measuredIn(value: unknown): Pick<RequestRecord, 'measured'> {
  return typeof value === 'object' && value !== null ? { measured: value } : {}
}

function charged(terms: Record<string, unknown>): bigint {
  return (amount(terms['posted']) ?? 0n) + (amount(terms['excess']) ?? 0n)
}

function members(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function amount(value: unknown): bigint | null {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : null
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
