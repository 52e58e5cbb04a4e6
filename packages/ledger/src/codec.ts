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
  let text = ''
  for (let i = 0; i < legs.length; i++) {
    const leg = legs[i]
    if (leg === undefined || isTogether(legs, i, leg)) continue
    text += text === '' ? '[' : ','
    text += leg.field === CONTRA ? encodeContra(legs, i, leg) : encodeAccount(legs, i, leg)
  }
  return text === '' ? '[]' : `${text}]`
}

/** Whether an earlier leg has brought this one with it. */
function isTogether(legs: readonly EntryLeg[], index: number, leg: EntryLeg): boolean {
  for (let i = 0; i < index; i++) if (belong(legs[i], leg)) return true
  return false
}

function belong(a: EntryLeg | undefined, b: EntryLeg): boolean {
  if (a === undefined || a.unit !== b.unit) return false
  return a.field === CONTRA || b.field === CONTRA ? a.field === b.field : a.account === b.account
}

function encodeAccount(legs: readonly EntryLeg[], from: number, first: EntryLeg): string {
  let text = `[${quote(first.account)},${quote(first.unit)}`
  for (let i = from; i < legs.length; i++) {
    const leg = legs[i]
    if (leg === undefined || !belong(first, leg)) continue
    text += `,${FIELDS.indexOf(leg.field)},"${leg.amount}",${leg.lots === undefined ? '0' : encodeLots(leg.lots)}`
  }
  return `${text}]`
}

function encodeContra(legs: readonly EntryLeg[], from: number, first: EntryLeg): string {
  const { unit } = first
  let text = `["${CONTRA}",${quote(unit)}`
  for (let i = from; i < legs.length; i++) {
    const leg = legs[i]
    if (leg === undefined || !belong(first, leg)) continue
    text += `,${quote(leg.account.slice(CONTRA.length + unit.length + 2))},"${leg.amount}"`
  }
  return `${text}]`
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
