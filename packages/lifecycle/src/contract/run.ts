import type { Contract } from './contract.ts'
import type { ContractCase, ContractPlan } from './cases.ts'
import { unmet } from './saved.ts'
import { isJsonMedia } from './media.ts'

/** An answer to a call that was tried. */
export interface TriedAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** Absent: it is longer than what is read. */
  body?: Buffer
}

/** How the calls of one operation went. */
export interface OperationReport {
  operation: string
  passed: number
  failed: { what: string; why: string }[]
  skipped: { what: string; why: string }[]
}

export interface ContractReport {
  passed: number
  failed: number
  skipped: number
  operations: OperationReport[]
  /** What of the document cannot be compared, in words. */
  unchecked: string[]
}

export interface Trying {
  contract: Contract
  plan: ContractPlan
  unchecked: string[]
  /** Makes a call; why none was answered, in words. */
  ask: (call: ContractCase) => Promise<TriedAnswer | { broken: string }>
  /** Why a call is not made; undefined: it is. */
  left: (call: ContractCase) => string | undefined
}

/** Makes the calls of a plan, one after the other, and compares what is answered. */
export async function tryCases({ contract, plan, unchecked, ask, left }: Trying): Promise<ContractReport> {
  const operations = new Map<string, OperationReport>()
  const reportOf = (operation: string): OperationReport => {
    const known = operations.get(operation) ?? { operation, passed: 0, failed: [], skipped: [] }
    operations.set(operation, known)
    return known
  }
  for (const call of plan.cases) {
    const report = reportOf(call.operation)
    const why = left(call)
    if (why !== undefined) {
      report.skipped.push({ what: call.what, why })
      continue
    }
    const wrong = judged(contract, call, await ask(call))
    if (wrong === undefined) report.passed += 1
    else report.failed.push({ what: call.what, why: wrong })
  }
  for (const { operation, what, why } of plan.skipped) reportOf(operation).skipped.push({ what, why })
  const all = [...operations.values()]
  const sum = (count: (one: OperationReport) => number): number => all.reduce((total, one) => total + count(one), 0)
  return {
    passed: sum((one) => one.passed),
    failed: sum((one) => one.failed.length),
    skipped: sum((one) => one.skipped.length),
    operations: all,
    unchecked,
  }
}

/** What is wrong with an answer; undefined: it is as the document says. */
function judged(contract: Contract, call: ContractCase, answer: TriedAnswer | { broken: string }): string | undefined {
  if ('broken' in answer) return answer.broken
  const { status, headers, body } = answer
  if (call.expect !== undefined) return unmet(call.expect, answer)
  if (!call.valid) return status >= 400 && status < 500 ? undefined : `it was answered with ${status}, and should be refused with 4xx`
  if (status >= 500) return `it was answered with ${status}`
  const operation = contract.operation(call.method, call.path)
  const hasBody = status !== 204 && status !== 304 && body?.length !== 0
  const [first = bodyFlaw(operation, answer)] = operation?.answerHead(status, headers, hasBody) ?? []
  return first && `the ${first.where}${first.at === '' ? '' : ` at ${first.at}`} ${first.message} (${first.rule})`
}

function bodyFlaw(operation: ReturnType<Contract['operation']>, { status, headers, body }: TriedAnswer) {
  if (body === undefined || !isJsonMedia(String(headers['content-type'] ?? ''))) return undefined
  return operation?.readsAnswer(status, headers) === true ? operation.answerBody(status, headers, body) : undefined
}
