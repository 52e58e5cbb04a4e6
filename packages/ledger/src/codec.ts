import type { EntryLeg } from './working-set.ts'

const FIELDS: EntryLeg['field'][] = ['granted', 'expired', 'posted', 'held', 'contra']
/** What JSON writes as it is: nearly every id. */
const PLAIN = /^[\w:.@/ -]*$/

/** Legs as JSON text: `[account, unit, amount, field, lots?]` each, amounts as decimal strings. */
export function encodeLegs(legs: readonly EntryLeg[]): string {
  let text = ''
  for (const leg of legs) {
    text += `${text === '' ? '[[' : ',['}${quote(leg.account)},${quote(leg.unit)},"${leg.amount}",${FIELDS.indexOf(leg.field)}`
    text += leg.lots === undefined ? ']' : `,${encodeLots(leg.lots)}]`
  }
  return text === '' ? '[]' : `${text}]`
}

function encodeLots(lots: readonly [string, bigint][]): string {
  let text = ''
  for (const [lot, amount] of lots) text += `${text === '' ? '[[' : ',['}${quote(lot)},"${amount}"]`
  return text === '' ? '[]' : `${text}]`
}

function quote(id: string): string {
  return PLAIN.test(id) ? `"${id}"` : JSON.stringify(id)
}

type EncodedLeg = [account: string, unit: string, amount: string, field: number, lots?: [string, string][]]

/** Reads what {@link encodeLegs} wrote. Throws a SyntaxError for text that is not JSON, and for an unknown field. */
export function decodeLegs(text: string): EntryLeg[] {
  const encoded = JSON.parse(text) as EncodedLeg[]
  return encoded.map(([account, unit, amount, index, lots]) => {
    const field = FIELDS[index]
    if (field === undefined) throw new SyntaxError(`unknown field ${index} of a leg`)
    const leg: EntryLeg = { account, unit, amount: BigInt(amount), field }
    if (lots !== undefined) leg.lots = lots.map(([lot, part]) => [lot, BigInt(part)])
    return leg
  })
}
