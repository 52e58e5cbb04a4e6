import assert from 'node:assert/strict'
import type { RequestRecord } from '../support/api.ts'
import { charge } from '../support/auditor.ts'
import type { Price } from '../support/auditor.ts'
import { words } from '../support/behaviours.ts'
import { decimal, nano } from '../support/decimal.ts'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import type { Charge, Due } from './catalogue/fault.ts'

/** What every model of the catalogue costs: a token of output shows in the millions, one of input in the thousands. */
export const PRICE: Price = { input: '1', output: '1000' }
export const TOKEN = 1_000_000n
/** More than any count of the short prompt that the sweep sends. */
export const PROMPT = 100_000n

/** The caller got what was due. */
export function assertGot(due: Due, result: Answer, streaming: boolean): void {
  assertNothingLeaked(result)
  if (due.gets === 'error-event' && due.upTo === true && result.status !== 200)
    return assertRefused({ gets: 'refusal', status: 502, code: due.code }, result)
  switch (due.gets) {
    case 'answer':
      return streaming ? assertWholeStream(due.words, result) : assertWholeAnswer(due.words, result)
    case 'refusal':
      return assertRefused(due, result)
    case 'rejection':
      assert.equal(result.status, due.status, result.text)
      assert.match(header(result, 'faregate-denial') ?? '', /^provider_rejected/)
      return
    case 'error-event':
      return assertErrorEvent(due, result)
    case 'cut-connection':
      assert.equal(result.status, 200)
      assert.equal(result.complete, false, 'an answer that is not whole must not look so')
  }
}

/** The upstream's account, addresses and cookies stay with the operator; what the gateway says of itself is its own word. */
function assertNothingLeaked(result: Answer): void {
  assert.doesNotMatch(`${result.rawHeaders.join('\n')}\n${result.text.slice(0, 10_000)}`, /SECRET|sk-up|10\.1\.2\.3|169\.254/)
  assert.match(header(result, 'x-request-id') ?? '', /^req_\w+$/)
  const retryAfter = header(result, 'retry-after')
  if (retryAfter !== undefined) assert.match(retryAfter, /^([1-9]|[1-5]\d|60)$/)
}

function assertWholeAnswer(count: number, result: Answer): void {
  assert.equal(result.status, 200, result.text.slice(0, 500))
  assert.equal(result.complete, true)
  const [choice] = json(result)['choices'] as { message: { content: string } }[]
  assert.equal(choice?.message.content, words(count))
}

function assertWholeStream(count: number, result: Answer): void {
  assert.equal(result.status, 200, result.text)
  const seen = chatStream(result.body, { foreign: true })
  assert.equal(seen.error, undefined, result.text)
  assert.equal(seen.content, words(count))
  assert.equal(seen.done, 1, 'one terminal event')
  assert.equal(result.complete, true)
}

function assertRefused(due: Extract<Due, { gets: 'refusal' }>, result: Answer): void {
  assert.equal(result.status, due.status, result.text.slice(0, 500))
  const problem = json(result)
  assert.equal(problem['code'], due.code)
  assert.equal(problem['charged'], false)
  assert.match(header(result, 'content-type') ?? '', /^application\/problem\+json/)
  if (due.retryAfter !== undefined) assert.equal(header(result, 'retry-after') ?? null, due.retryAfter)
}

function assertErrorEvent(due: Extract<Due, { gets: 'error-event' }>, result: Answer): void {
  assert.equal(result.status, 200, result.text)
  const seen = chatStream(result.body)
  assert.ok(words(due.words).startsWith(seen.content))
  if (due.upTo !== true) assert.equal(seen.content, words(due.words))
  assert.equal(seen.done, 0, 'it must not look complete')
  assert.equal(seen.chunks.at(-1)?.error?.code, due.code, result.text)
  for (const chunk of seen.chunks) assert.ok(chunk.choices !== undefined || chunk.error !== undefined, 'every chunk has choices or error')
}

/** What was charged is what was due for what arrived, and the record says the same. */
export function assertPaid(expected: Due, result: Answer, record: RequestRecord): void {
  const due = arrived(expected, result)
  const owed = chargeOf(due)
  const paid = nano(record.cost)
  const [least, most] = range(owed)
  assert.ok(paid >= least && paid <= most, `charged ${decimal(paid)}, due ${decimal(least)} to ${decimal(most)}`)
  assert.equal(record.estimated, owed.by === 'count', `estimated: ${record.estimated}, flags ${String(record.flags)}`)
  assert.equal(record.denial, denialOf(due))
  assert.equal(record.outcome, outcomeOf(due))
  assert.ok(record.attempts.length >= 1)
}

/** Of an answer of which less may have arrived: what did. */
function arrived(due: Due, result: Answer): Due {
  if (due.gets !== 'error-event' || due.upTo !== true) return due
  if (result.status !== 200) return { gets: 'refusal', status: 502, code: due.code }
  const { pieces } = chatStream(result.body)
  if (pieces === due.words && due.charge.by === 'usage') return due
  return { ...due, charge: pieces === 0 ? { by: 'nothing' } : { by: 'count', tokens: pieces } }
}

/** The least and the most that is due for a call of a fault. */
export function rangeOf(due: Due): [bigint, bigint] {
  return range(chargeOf(due))
}

function chargeOf(due: Due): Charge {
  return 'charge' in due ? due.charge : { by: 'nothing' }
}

function range(owed: Charge): [bigint, bigint] {
  if (owed.by === 'nothing') return [0n, 0n]
  if (owed.by === 'usage') return [charge(PRICE, owed.usage), charge(PRICE, owed.usage)]
  return [BigInt(owed.tokens) * TOKEN + 1n, BigInt(owed.tokens) * TOKEN + PROMPT]
}

function denialOf(due: Due): string | null {
  if (due.gets === 'answer') return null
  return due.gets === 'rejection' ? 'provider_rejected' : due.code
}

function outcomeOf(due: Due): string {
  if (due.gets === 'answer') return 'served'
  if (due.gets === 'rejection') return 'refused'
  if (due.gets === 'refusal') return 'failed'
  return due.charge.by === 'nothing' ? 'failed' : 'partial'
}
