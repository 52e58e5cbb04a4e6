import { problemEntry } from '../../packages/contract/src/problems.ts'
import type { RawAnswer } from '../support/answer-parser.ts'
import { chatStream } from '../support/sse.ts'
import { MODEL_OF } from './inputs.ts'
import type { Kind } from './inputs.ts'

/** Codes of the gateway's own mistakes: no input may cause one. */
const OWN_MISTAKES = new Set(['gateway_misconfigured', 'internal_error', 'price_missing', 'no_provider_key', 'ledger_unavailable'])

/** A model of the configuration has a price; one that an odd management call has made need not. */
const CONFIGURED = new RegExp(`The model \\\\?"(${Object.values(MODEL_OF).join('|')})-\\d`)

/** Statuses that are more exact than the catalogue's, for requests that never got as far as a route. */
const EDGE_STATUS: Record<string, number[]> = { request_invalid: [408, 417], request_too_large: [431], route_unknown: [] }

/** What is wrong with an answer; undefined: nothing. `head`: the request was a HEAD, whose answer has no body. */
export function complaintAbout(answer: RawAnswer, kind: Kind, head: boolean): string | undefined {
  const { status, headers } = answer
  // Pages for people are reached by odd targets alone.
  if (kind === 'head' && headers.get('content-type')?.startsWith('text/html') === true)
    return status < 500 ? undefined : `a page with status ${status}`
  if (headers.get('x-request-id') === undefined && (status >= 400 || kind === 'body' || kind === 'answer'))
    return `status ${status} without x-request-id`
  const denial = headers.get('faregate-denial')
  if (denial === undefined) return status < 400 ? served(answer, kind, head) : `status ${status} without a denial: ${text(answer)}`
  const code = /^([a-z_]+);id="dn_[0-9A-Z]+"/.exec(denial)?.[1] ?? ''
  const entry = problemEntry(code)
  if (entry === undefined) return `no such code: ${denial}`
  if (code === 'price_missing' && !CONFIGURED.test(text(answer))) return head ? undefined : problem(answer, code)
  if (OWN_MISTAKES.has(code)) return `a mistake of the gateway's own: ${code}: ${text(answer)}`
  if (status >= 500 && kind !== 'answer') return `${status} ${code}, though the upstream is right: ${text(answer)}`
  if (code === 'provider_rejected') return status >= 400 && status < 500 ? undefined : `provider_rejected with status ${status}`
  if (status !== entry.status && EDGE_STATUS[code]?.includes(status) !== true) return `${code} with status ${status}`
  return head ? undefined : problem(answer, code)
}

function text({ body }: RawAnswer): string {
  return body.toString('utf8', 0, 400)
}

function problem(answer: RawAnswer, code: string): string | undefined {
  const body = parsed(answer)
  if (body === undefined) return `${code} without a JSON body: ${text(answer)}`
  const error = body['error'] as { message?: unknown; type?: unknown } | undefined
  if (body['code'] !== code || body['status'] !== answer.status) return `${code} in the head, ${String(body['code'])} in the body`
  if (typeof error?.message !== 'string' || typeof error.type !== 'string') return `${code} without OpenAI's envelope: ${text(answer)}`
  return undefined
}

/** An answer without a refusal: of a call, a completion or a stream that says how it ended; of others whatever it is. */
function served(answer: RawAnswer, kind: Kind, head: boolean): string | undefined {
  if (head || kind === 'management' || kind === 'head') return undefined
  // An odd upstream may call its success whatever it likes from 200 to 299: that is passed on.
  const most = kind === 'answer' ? 299 : 200
  if (answer.status < 200 || answer.status > most) return `status ${answer.status}`
  if (/^text\/event-stream/i.test(answer.headers.get('content-type') ?? '')) return stream(answer, kind)
  if (kind === 'answer') return undefined
  return Array.isArray(parsed(answer)?.['choices']) ? undefined : `no completion: ${text(answer)}`
}

function stream({ body }: RawAnswer, kind: Kind): string | undefined {
  if (kind === 'answer') {
    // What is in the events is the upstream's; how the stream ends is ours.
    const tail = body.toString('utf8', Math.max(0, body.length - 4_000))
    return /data:[ \t]*\[DONE\][^\S\r\n]*(\r?\n(?!data).+)*\s*$|"finish_reason":"error"/.test(tail)
      ? undefined
      : `a stream that says nothing of its end: ${JSON.stringify(tail.slice(-300))}`
  }
  const seen = chatStream(body)
  return seen.done === 1 && seen.error === undefined
    ? undefined
    : `a stream without its end: ${JSON.stringify(body.toString('utf8').slice(-300))}`
}

function parsed({ body }: RawAnswer): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
