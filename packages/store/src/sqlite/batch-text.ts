import type { BatchItem } from '@faregate/ledger/port'
import type { AccountRef, Counts, HeldLeg, HoldOp, Outcome, Period, Repeating, SettleOp } from '@faregate/ledger/types'

/**
 * A batch on its way between threads. Holds and settles are nearly all there is; as text they cost a third of what
 * the structured clone of their objects costs. The rest is cloned, and stands in `others` at its place.
 */
export interface Parcel<T> {
  text: string
  others: Map<number, T> | undefined
}

/** Between the operations of a batch, and between the members of one: JSON has no control characters, and ids have none. */
const RECORD = '\u001e'
const FIELD = '\u001f'
/** Before any member of what stands in `others`. */
const ELSEWHERE = '*'

export function packItems(items: readonly BatchItem[]): Parcel<BatchItem> {
  return pack(items, ({ operation, attach }) => {
    if (attach !== undefined) return undefined
    if (operation.type === 'settle') return settleText(operation)
    return operation.type === 'hold' ? holdText(operation) : undefined
  })
}

export function unpackItems(parcel: Parcel<BatchItem>): BatchItem[] {
  return unpack(parcel, (fields) => ({ operation: fields[0] === 's' ? settleOf(fields) : holdOf(fields) }))
}

export function packOutcomes(outcomes: readonly Outcome[]): Parcel<Outcome> {
  return pack(outcomes, (outcome) => {
    if (outcome.status !== 'ok' || (outcome.held === undefined) === (outcome.settlement === undefined)) return undefined
    return outcome.held === undefined ? settledText(outcome) : heldText(outcome, outcome.held)
  })
}

export function unpackOutcomes(parcel: Parcel<Outcome>): Outcome[] {
  return unpack(parcel, (fields) => (fields[0] === 's' ? settledOf(fields) : heldOf(fields)))
}

function pack<T>(things: readonly T[], textOf: (thing: T) => string | undefined): Parcel<T> {
  let text = ''
  let others: Map<number, T> | undefined
  for (let i = 0; i < things.length; i++) {
    const thing = things[i] as T
    const packed = textOf(thing)
    if (i > 0) text += RECORD
    text += packed ?? ELSEWHERE
    if (packed === undefined) (others ??= new Map<number, T>()).set(i, thing)
  }
  return { text, others }
}

function unpack<T>({ text, others }: Parcel<T>, read: (fields: string[]) => T): T[] {
  if (text === '') return []
  return text.split(RECORD).map((packed, index) => {
    if (packed !== ELSEWHERE) return read(packed.split(FIELD))
    const thing = others?.get(index)
    if (thing === undefined) throw new Error(`item ${index} of a batch was lost on its way`)
    return thing
  })
}

/** Undefined where a member is not what a hold's text can say: the machine is to refuse it by name. */
function holdText({ id, request, slice, instance, legs, measure, steps, outlook, memo, mark, counts }: HoldOp): string | undefined {
  if (id !== `${request}.${slice}`) return undefined
  let text = `h${FIELD}${request}${FIELD}${slice}${FIELD}${instance}${FIELD}${measure.fixed}${FIELD}${measure.perStep}${FIELD}${steps.min}${FIELD}${steps.max}`
  text += outlook === undefined ? `${FIELD}${FIELD}` : `${FIELD}${outlook.min}${FIELD}${outlook.max}`
  text += `${FIELD}${mark ?? ''}${FIELD}${countsText(counts)}${FIELD}${memo}`
  for (const leg of legs) text += legText(leg)
  return text
}

const HOLD_FIELDS = 13

function holdOf(fields: string[]): HoldOp {
  const [, request = '', slice = '', instance, fixed = '', perStep = '', min, max, outlookMin, outlookMax, mark, counts, memo = ''] = fields
  return {
    type: 'hold',
    id: `${request}.${slice}`,
    request,
    slice: Number(slice),
    instance: Number(instance),
    legs: legsOf(fields),
    measure: { fixed: BigInt(fixed), perStep: BigInt(perStep) },
    steps: { min: Number(min), max: Number(max) },
    ...(outlookMin === '' ? {} : { outlook: { min: Number(outlookMin), max: Number(outlookMax) } }),
    memo,
    ...(mark === '' || mark === undefined ? {} : { mark: BigInt(mark) }),
    ...countsOf(counts),
  }
}

function legText(leg: AccountRef): string {
  if (leg.kind === 'wallet') return `${FIELD}w${FIELD}${leg.id}${FIELD}${leg.unit}`
  const text = `${FIELD}${leg.base}${FIELD}${leg.unit}${FIELD}${leg.period}${FIELD}${leg.zone}${FIELD}${leg.limit}`
  return leg.measure === undefined ? `${FIELD}c${text}` : `${FIELD}q${text}${FIELD}${leg.measure.fixed}${FIELD}${leg.measure.perStep}`
}

/** How many fields a leg of each kind has. */
const LEG_FIELDS: Record<string, number> = { w: 3, c: 6, q: 8 }

function legsOf(fields: string[]): AccountRef[] {
  const legs: AccountRef[] = []
  for (let at = HOLD_FIELDS; at < fields.length;) {
    const [kind = '', name = '', unit = '', period, zone = '', limit = '', fixed = '', perStep = ''] = fields.slice(at, at + 8)
    if (kind === 'w') legs.push({ kind: 'wallet', id: name, unit })
    else {
      const measure = kind === 'q' ? { measure: { fixed: BigInt(fixed), perStep: BigInt(perStep) } } : {}
      legs.push({ kind: 'cap', base: name, unit, period: period as Period | Repeating, zone, limit: BigInt(limit), ...measure })
    }
    at += LEG_FIELDS[kind] ?? fields.length
  }
  return legs
}

function settleText({ request, slices, cost, counts, instance, memo }: SettleOp): string {
  return `s${FIELD}${request}${FIELD}${slices}${FIELD}${cost}${FIELD}${countsText(counts)}${FIELD}${instance}${FIELD}${memo}`
}

function settleOf([, request = '', slices, cost = '', counts, instance, memo = '']: string[]): SettleOp {
  return { type: 'settle', request, slices: Number(slices), cost: BigInt(cost), ...countsOf(counts), instance: Number(instance), memo }
}

/** Units and counts in turn; `-` where none are told. */
function countsText(counts: Counts | undefined): string {
  if (counts === undefined) return '-'
  return Object.keys(counts)
    .map((unit) => `${unit} ${counts[unit]}`)
    .join(' ')
}

function countsOf(text = '-'): { counts?: Counts } {
  if (text === '-') return {}
  const counts: Record<string, bigint> = {}
  const words = text === '' ? [] : text.split(' ')
  for (let i = 0; i + 1 < words.length; i += 2) counts[words[i] ?? ''] = BigInt(words[i + 1] ?? 0)
  return { counts }
}

type Ok = Extract<Outcome, { status: 'ok' }>

function heldText({ seq, at, steps, outlook }: Ok, held: readonly HeldLeg[]): string {
  let text = `h${FIELD}${seq}${FIELD}${at}${FIELD}${steps ?? ''}${FIELD}${outlook ?? ''}`
  for (const { account, unit, amount } of held) text += `${FIELD}${account}${FIELD}${unit}${FIELD}${amount}`
  return text
}

const HELD_FIELDS = 5

function heldOf(fields: string[]): Outcome {
  const [, seq = '', at, steps, outlook] = fields
  const held: HeldLeg[] = []
  for (let i = HELD_FIELDS; i + 2 < fields.length; i += 3) {
    held.push({ account: fields[i] ?? '', unit: fields[i + 1] ?? '', amount: BigInt(fields[i + 2] ?? '') })
  }
  return {
    status: 'ok',
    seq: BigInt(seq),
    held,
    steps: Number(steps),
    at: Number(at),
    ...(outlook === '' ? {} : { outlook: Number(outlook) }),
  }
}

function settledText({ seq, at, settlement }: Ok): string {
  return `s${FIELD}${seq}${FIELD}${at}${FIELD}${settlement?.posted}${FIELD}${settlement?.excess}${FIELD}${settlement?.absorbed}`
}

function settledOf([, seq = '', at, posted = '', excess = '', absorbed = '']: string[]): Outcome {
  const settlement = { posted: BigInt(posted), excess: BigInt(excess), absorbed: BigInt(absorbed) }
  return { status: 'ok', seq: BigInt(seq), at: Number(at), amount: settlement.posted + settlement.excess, settlement }
}
