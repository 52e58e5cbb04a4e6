import type { EntryLeg } from './working-set.ts'

const FIELDS: EntryLeg['field'][] = ['granted', 'expired', 'posted', 'held', 'contra']

/** Legs as JSON text: `[account, unit, amount, field, lots?]` each, amounts as decimal strings. */
export function encodeLegs(legs: readonly EntryLeg[]): string {
  let text = '['
  for (const leg of legs) {
    if (text.length > 1) text += ','
    text += `[${JSON.stringify(leg.account)},${JSON.stringify(leg.unit)},"${leg.amount}",${FIELDS.indexOf(leg.field)}`
    text += leg.lots === undefined ? ']' : `,[${leg.lots.map(([lot, amount]) => `[${JSON.stringify(lot)},"${amount}"]`).join(',')}]]`
  }
  return `${text}]`
}

type EncodedLeg = [account: string, unit: string, amount: string, field: number, lots?: [string, string][]]

/** Reads what {@link encodeLegs} wrote. Throws a SyntaxError for text that is not JSON, and for an unknown field. */
export function decodeLegs(text: string): EntryLeg[] {
  const encoded: EncodedLeg[] = JSON.parse(text)
  return encoded.map(([account, unit, amount, index, lots]) => {
    const field = FIELDS[index]
    if (field === undefined) throw new SyntaxError(`unknown field ${index} of a leg`)
    const leg: EntryLeg = { account, unit, amount: BigInt(amount), field }
    if (lots !== undefined) leg.lots = lots.map(([lot, part]) => [lot, BigInt(part)])
    return leg
  })
}
