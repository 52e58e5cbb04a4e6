import { isDenial, noteOf, type Denial, type ValidationMode, type Violation } from '@faregate/core'
import type { Flow } from '../../flow.ts'
import { requestInvalid } from '../../request-invalid.ts'
import { row } from '../../trace/row.ts'
import { hasBody } from '../forward.ts'
import type { ApiTarget } from '../port.ts'
import { isTooLong, takenBody, unpacked } from './checked-body.ts'

type Headers = Record<string, string | string[] | undefined>

/**
 * Compares a request with the document of its API. What differs is noted; where that is enforced the first of it is the refusal.
 * Rejects where the caller goes away before its body is here.
 */
export async function checkRequest(flow: Flow, { api, checks }: ApiTarget): Promise<Denial | undefined> {
  if (checks === undefined || checks.request === 'off') return undefined
  const { request: mode, operation, supplied } = checks
  const { inbound } = flow
  const { query, headers } = inbound
  const found = operation.requestHead({ query, headers, hasBody: hasBody(inbound) }, supplied)
  const decided = mode === 'enforce' && found.length > 0
  if (!decided && hasBody(inbound) && operation.readsRequest(headers) && !isTooLong(headers)) {
    const body = await takenBody(inbound)
    if (body !== undefined && isDenial(body)) return body
    const plain = body && (await unpacked(body, headers))
    const violation = plain && operation.requestBody(headers, plain)
    if (violation !== undefined) found.push(violation)
  }
  return noted(flow, mode, found, (first) => requestDiffers(api.name, first))
}

/** The same of the head of an answer, before anything of it is passed on. */
export function checkAnswerHead(flow: Flow, { api, checks }: ApiTarget, status: number, headers: Headers): Denial | undefined {
  // Nothing of the document is said with a 304: it confirms an answer that was given before.
  if (checks === undefined || checks.response === 'off' || status === 304) return undefined
  const found = checks.operation.answerHead(status, headers, mayHaveBody(flow, status, headers))
  return noted(flow, checks.response, found, (first) => answerDiffers(api.name, first))
}

/** Whether the body of an answer is to be collected, to be compared. */
export function readsAnswer(flow: Flow, { checks }: ApiTarget, status: number, headers: Headers): boolean {
  if (checks === undefined || checks.response === 'off' || !mayHaveBody(flow, status, headers)) return false
  return !isTooLong(headers) && checks.operation.readsAnswer(status, headers)
}

export async function checkAnswerBody(
  flow: Flow,
  target: ApiTarget,
  { status, headers }: { status: number; headers: Headers },
  body: Buffer,
): Promise<Denial | undefined> {
  const { api, checks } = target
  if (checks === undefined || !readsAnswer(flow, target, status, headers)) return undefined
  const plain = await unpacked(body, headers)
  const violation = plain && checks.operation.answerBody(status, headers, plain)
  return noted(flow, checks.response, violation === undefined ? [] : [violation], (first) => answerDiffers(api.name, first))
}

function mayHaveBody({ inbound }: Flow, status: number, { 'content-length': length }: Headers): boolean {
  return inbound.method !== 'HEAD' && status !== 204 && status !== 304 && length !== '0'
}

/** Keeps what differs with the request; the refusal where that is enforced. */
function noted(flow: Flow, mode: ValidationMode, found: readonly Violation[], refusal: (first: Violation) => Denial): Denial | undefined {
  const [first] = found
  if (first === undefined) return undefined
  flow.violations = [...(flow.violations ?? []), ...found.map(noteOf)]
  if (mode !== 'enforce') return undefined
  const denial = refusal(first)
  return { ...denial, evidence: [row('contract', denial, { ...noteOf(first) })] }
}

function requestDiffers(api: string, violation: Violation): Denial {
  const { where, at } = violation
  const pointer = where === 'body' ? at : `/${where}${at}`
  return {
    ...requestInvalid(pointer, `${sentence(violation)} So says the document of the API "${api}".`),
    scope: { level: 'api', id: api },
  }
}

/** It is not the caller's to mend, and asking again gets the same: whoever publishes the API mends the service or its document. */
function answerDiffers(api: string, violation: Violation): Denial {
  const { where, pointer, rule } = violation
  return {
    code: 'provider_error',
    detail: `The upstream of the API "${api}" did not answer as its document says. ${sentence(violation)}`,
    operatorDetail: `${api}: the answer breaks its document: ${where} ${pointer} (${rule})`,
    scope: { level: 'api', id: api },
    retryable: false,
    fixes: [{ kind: 'configure', action: 'mend_answer_or_document', by: 'publisher', canYou: false }],
  }
}

const PLACES: Record<Violation['where'], string> = {
  path: 'The parameter of the path',
  query: 'The parameter of the query',
  header: 'The header',
  type: 'The content type',
  body: 'The body',
  status: 'The status',
}

function sentence({ where, at, rule, message }: Violation): string {
  return `${PLACES[where]}${at === '' ? '' : ` at \`${at}\``} ${message} (${rule}).`
}
