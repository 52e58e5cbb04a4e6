import { charge, tokens } from '../support/auditor.ts'
import type { Price, Usage } from '../support/auditor.ts'
import { nano } from '../support/decimal.ts'
import type { RequestRecord } from '../support/api.ts'
import type { Asked } from './answers.ts'
import type { Call } from './upstream.ts'

/** Odd prices, so that rounding counts. */
export const PRICE: Price = { input: '1.234567891', output: '7.000000003', cacheRead: '0.1' }

/** What one request must have cost, in units of 1e-9: both ends are possible. */
export interface Charge {
  least: bigint
  most: bigint
}

export const NOTHING: Charge = { least: 0n, most: 0n }

/** The most that a medium can count as: a file that fills the context. */
const MEDIUM_TOKENS = 130_000
/** Usage is believed up to so many times what the request could cause (M22). */
const BELIEVED = 4

/** What the calls of one input must cost, from what the upstream answered. */
export function chargeOf(calls: Call[]): Charge {
  return calls.reduce((sum, call) => {
    const { least, most } = chargeOfCall(call)
    return { least: sum.least + least, most: sum.most + most }
  }, NOTHING)
}

function chargeOfCall({ due, asked, size }: Call): Charge {
  if (due.kind === 'nothing') return NOTHING
  if (due.kind === 'exact') return exactly(due.usage)
  const certain = asked.stream || due.body === undefined ? undefined : certainCharge(due.body, asked)
  if (certain !== undefined) return certain
  const input = BELIEVED * (size + 8 * MEDIUM_TOKENS)
  const output = BELIEVED * asked.n * (asked.limit ?? 64)
  return { least: 0n, most: tokens(input, PRICE.input) + tokens(output, PRICE.output) }
}

function exactly(usage: Usage): Charge {
  const amount = charge(PRICE, usage)
  return { least: amount, most: amount }
}

/** What a JSON answer must cost, where that is beyond doubt; undefined where it depends on how M22 is read. */
function certainCharge(text: string, asked: Asked): Charge | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return NOTHING
  }
  if (typeof body !== 'object' || body === null) return NOTHING
  const { choices, usage, error } = body as { choices?: unknown; usage?: unknown; error?: unknown }
  if (!Array.isArray(choices)) return NOTHING
  if (error !== undefined || !choices.every(isPlainChoice) || choices.length === 0 || !isPlainUsage(usage)) return undefined
  // More than was asked for is believed within limits that are not this auditor's to know.
  if (usage.completion_tokens > asked.n * (asked.limit ?? 24) || usage.prompt_tokens > 24) return undefined
  return exactly(usage)
}

function isPlainChoice(choice: unknown): boolean {
  if (typeof choice !== 'object' || choice === null || 'error' in choice) return false
  const { message } = choice as { message?: { content?: unknown } | null }
  return typeof message?.content === 'string' && message.content !== ''
}

function isPlainUsage(value: unknown): value is Usage {
  if (typeof value !== 'object' || value === null) return false
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total, ...others } = value as Record<string, unknown>
  return Object.keys(others).length === 0 && isCount(input) && isCount(output) && input + output > 0 && total === input + output
}

function isCount(count: unknown): count is number {
  return typeof count === 'number' && Number.isInteger(count) && count >= 0
}

/** What is wrong with the record of a request; undefined: nothing. */
export function complaintAboutRecord(record: RequestRecord | undefined, { least, most }: Charge): string | undefined {
  if (record === undefined) return most === 0n ? undefined : 'no record'
  const cost = nano(record.cost)
  if (cost < least || cost > most)
    return `charged ${cost}, due is ${least === most ? String(least) : `${least} to ${most}`} (${record.outcome}, ${record.denial ?? 'no denial'})`
  return undefined
}
