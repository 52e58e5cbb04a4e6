import type { EntryLeg } from './working-set.ts'

const FIELDS: EntryLeg['field'][] = ['granted', 'expired', 'posted', 'held']
const CONTRA = 'contra'
/** What JSON writes as it is: nearly every id. */
const PLAIN = /^[\w:.@/ -]*$/

/**
 * Legs as JSON text, those of one account together: `[account, unit, field, amount, lots, field, amount, lots, …]`, with
 * the field's number and 0 for no lots; and those against it in one unit: `["contra", unit, purpose, amount, …]`. Amounts
 * are decimal strings. Every hold and every settle writes this, so names stand in it once.
 */
export function encodeLegs(legs: readonly EntryLeg[]): string {
  const firsts: EntryLeg[] = []
  const texts: string[] = []
  for (const leg of legs) {
    const together = firsts.findIndex((first) => belong(first, leg))
    if (together >= 0) {
      texts[together] += memberText(leg)
      continue
    }
    firsts.push(leg)
    texts.push(nameText(leg) + memberText(leg))
  }
  return texts.length === 0 ? '[]' : `[${texts.join('],')}]]`
}

function belong(a: EntryLeg, b: EntryLeg): boolean {
  if (a.field === CONTRA || b.field === CONTRA) return a.field === b.field && a.unit === b.unit
  return a.account === b.account && a.unit === b.unit
}

function nameText({ field, account, unit }: EntryLeg): string {
  return field === CONTRA ? `["${CONTRA}",${quote(unit)}` : `[${quote(account)},${quote(unit)}`
}

function memberText({ field, account, unit, amount, lots }: EntryLeg): string {
  if (field === CONTRA) return `,${quote(account.slice(CONTRA.length + unit.length + 2))},"${amount}"`
  return `,${FIELDS.indexOf(field)},"${amount}",${lots === undefined ? '0' : encodeLots(lots)}`
}

function encodeLots(lots: readonly [string, bigint][]): string {
  let text = ''
  for (const [lot, amount] of lots) text += `${text === '' ? '[[' : ',['}${quote(lot)},"${amount}"]`
  return text === '' ? '[]' : `${text}]`
}

function quote(id: string): string {
  return PLAIN.test(id) ? `"${id}"` : JSON.stringify(id)
}

type Cell = string | number | [string, string][]
type Lots = [string, string][] | 0 | undefined

/** Reads what {@link encodeLegs} wrote, and wrote before. Throws a SyntaxError for what is neither. */
export function decodeLegs(text: string): EntryLeg[] {
  const legs: EntryLeg[] = []
  for (const [name, unit, ...cells] of JSON.parse(text) as [string, string, ...Cell[]][]) {
    if (name === CONTRA) pushContra(legs, unit, cells)
    else if (typeof cells[0] === 'string') legs.push(decodeSingle(name, unit, cells))
    else pushAccount(legs, name, unit, cells)
  }
  return legs
}

function pushContra(legs: EntryLeg[], unit: string, cells: readonly Cell[]): void {
  for (let i = 0; i < cells.length; i += 2) {
    legs.push({ account: `${CONTRA}:${unit}:${String(cells[i])}`, unit, amount: amountOf(cells[i + 1]), field: CONTRA })
  }
}

function pushAccount(legs: EntryLeg[], account: string, unit: string, cells: readonly Cell[]): void {
  for (let i = 0; i < cells.length; i += 3) {
    const field = FIELDS[cells[i] as number] ?? unreadable(cells[i])
    legs.push(legOf(account, unit, amountOf(cells[i + 1]), field, cells[i + 2] as Lots))
  }
}

/** Until 0.1 each leg stood by itself, contra accounts too: `[account, unit, amount, field, lots?]`. */
function decodeSingle(account: string, unit: string, [amount, index, lots]: readonly Cell[]): EntryLeg {
  const field = index === FIELDS.length ? CONTRA : (FIELDS[index as number] ?? unreadable(index))
  return legOf(account, unit, amountOf(amount), field, lots as Lots)
}

function legOf(account: string, unit: string, amount: bigint, field: EntryLeg['field'], lots: Lots): EntryLeg {
  if (lots === undefined || lots === 0) return { account, unit, amount, field }
  return { account, unit, amount, field, lots: lots.map(([lot, part]) => [lot, BigInt(part)]) }
}

function amountOf(cell: Cell | undefined): bigint {
  return typeof cell === 'string' ? BigInt(cell) : unreadable(cell)
}

function unreadable(cell: unknown): never {
  throw new SyntaxError(`${String(cell)} has no place in a leg`)
}
