import { formatAmount } from '@faregate/core'
import type { UsageTotal } from '../ports.ts'
import type { ChainedAuditRow, DenialRow, RequestRow } from '../rows.ts'
import { timeText } from './time.ts'

export function presentRequest(row: RequestRow) {
  return {
    ...row,
    at: timeText(row.at),
    cost: formatAmount(row.cost),
    providerCost: row.providerCost === null ? null : formatAmount(row.providerCost),
  }
}

export function presentTotal({ group, requests, buckets, cost, providerCost }: UsageTotal) {
  return { ...group, requests, buckets, cost: formatAmount(cost), providerCost: providerCost === null ? null : formatAmount(providerCost) }
}

export function presentDenial({ id, at, code, requestId, organization, key, problem }: DenialRow) {
  const { status, detail } = objectOf(problem)
  return {
    id,
    at: timeText(at),
    code,
    status: typeof status === 'number' ? status : 0,
    requestId,
    organization,
    key,
    detail: typeof detail === 'string' ? detail : '',
  }
}

/** The whole decision; what only the operator may read is null for others. */
export function presentDecision(row: DenialRow, forOperator: boolean) {
  return {
    ...presentDenial(row),
    problem: objectOf(row.problem),
    trace: traceOf(row.trace),
    operatorDetail: forOperator ? row.operatorDetail : null,
    configurationVersion: row.configurationVersion,
  }
}

function objectOf(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json)
  return isObject(value) ? value : {}
}

function traceOf(json: string) {
  const value: unknown = JSON.parse(json)
  if (!Array.isArray(value)) return []
  return value.filter(isObject).map(({ check, result, facts }) => ({
    check: String(check),
    result: String(result),
    ...(isObject(facts) ? { facts } : {}),
  }))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function presentAudit({ id, seq, at, actor, action, subject, organization, before, after, previousHash, hash }: ChainedAuditRow) {
  return {
    id,
    seq: seq.toString(),
    at: timeText(at),
    actor,
    action,
    subject,
    organization,
    before: before === null ? null : parsed(before),
    after: after === null ? null : parsed(after),
    previousHash,
    hash,
  }
}

function parsed(json: string): unknown {
  return JSON.parse(json)
}
