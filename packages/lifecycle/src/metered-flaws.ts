import { parseAmount, type ApiMetered, type ApiUnits } from '@faregate/core'
import type { ApiFlaw } from './flaw.ts'

/** The largest amount that can be written (M1), nano-units: no hold of units is beyond it. */
const MOST_HELD = 999_999_999_999_999_999n

/** What is wrong with a price by what goes through a call; paths are below `metered`. */
export function meteredFlaws(metered: ApiMetered | undefined): ApiFlaw[] {
  if (metered === undefined) return []
  const { sent, received, units } = metered
  if (sent === undefined && received === undefined && units === undefined)
    return [{ path: [], problem: 'is empty: nothing is measured', fix: 'set `sent`, `received` or `units`, or take it away' }]
  const amounts = { sent, received, 'units.price': units?.price }
  const unread = Object.entries(amounts).flatMap(([member, text]): ApiFlaw[] =>
    text === undefined || parseAmount(text) !== undefined
      ? []
      : [{ path: member.split('.'), problem: `\`${text}\` is no price`, fix: 'write a decimal above zero, like "0.002"' }],
  )
  return [...unread, ...(units === undefined ? [] : unitFlaws(units))]
}

function unitFlaws({ price, most, otherwise = 0 }: ApiUnits): ApiFlaw[] {
  const flaws: ApiFlaw[] = []
  if (otherwise > most) flaws.push({ path: ['units', 'otherwise'], problem: 'is above `most`, which is held', fix: 'write a smaller one' })
  if ((parseAmount(price) ?? 0n) * BigInt(most) > MOST_HELD)
    flaws.push({ path: ['units', 'most'], problem: 'times the price is more than an amount can be', fix: 'write a smaller one' })
  return flaws
}
