import type { UnitPrice } from '@faregate/core'
import { unpacked } from '../contract/checked-body.ts'

type Headers = Record<string, string | string[] | undefined>

/** What an answer counts, and what is odd about that. */
export interface Units {
  count: number
  flag?: 'units_missing' | 'units_above_most'
}

/** Whether an answer can say how many units it is: only JSON can. */
export function saysUnits({ 'content-type': type = 'application/json' }: Headers): boolean {
  return /^application\/(?:[^;,\s]+\+)?json\b/i.test(String(type))
}

/** How many units are charged for an answer: what it says, at most the most; where it says no number, what is stated for that. */
export async function unitsOf(price: UnitPrice, headers: Headers, body: Buffer): Promise<Units> {
  const plain = saysUnits(headers) ? await unpacked(body, headers) : undefined
  const found = plain === undefined ? undefined : numberAt(plain, price.pointer)
  if (found === undefined) return untold(price)
  return found > price.most ? { count: price.most, flag: 'units_above_most' } : { count: found }
}

/** An answer of which the number cannot be read. */
export function untold({ otherwise }: UnitPrice): Units {
  return { count: otherwise, flag: 'units_missing' }
}

/** A number that is not negative, at a JSON pointer (RFC 6901). */
function numberAt(body: Buffer, pointer: string): number | undefined {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
  for (const token of pointer.split('/').slice(1)) value = memberOf(value, token.replaceAll('~1', '/').replaceAll('~0', '~'))
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.abs(value) : undefined
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(name) ? (value as unknown[])[Number(name)] : undefined
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}
