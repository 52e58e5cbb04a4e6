import { isRecovery, noCharge, type Charge } from './entries.ts'
import { object } from './finding.ts'
import type { RecordRow } from './shapes.ts'

/** One request as its caller, its upstream and the price list know it. */
export interface Exchange {
  request: string
  connection: string
  /** The process that served it. */
  instance: number
  kind: 'answer' | 'large' | 'stream'
  /** In millionths of a nano-unit: for the call, and a token. */
  price: { fee: bigint; input: bigint; output: bigint }
  /** Tokens that the caller sent. */
  prompt: number
  /** What a usage can be at most: four times as much is not believed. */
  bound: { input: number; output: number }
  /** The upstream's word, where it came; `final`: at the end. */
  usage: { input: number; output: number; final: boolean } | undefined
  /** Output tokens that the upstream sent, over all choices. */
  produced: number
  /** Output tokens that the caller's socket accepted. */
  accepted: number
  /** The caller got the last byte of a whole answer. */
  whole: boolean
  /** The caller was told that the ledger is unavailable. */
  unavailable: boolean
  /** The caller went away. */
  left: boolean
  /** How it stood when its cost was sent to the ledger for the first time; undefined: it never was. */
  settling: Standing | undefined
  /** Its process was killed before it was over. */
  killed: boolean
}

interface Standing {
  left: boolean
  accepted: number
  /** Everything that the upstream sent has been forwarded, and nothing but the last byte is to follow. */
  complete: boolean
}

/** How a request ended. */
export type Ending = 'refused' | 'whole' | 'in part' | 'void' | 'given back' | 'recovered by its mark' | 'charged, unconfirmed'

/** What callers got is what they were charged for: M16, M20 to M24. */
export function auditExchanges(
  exchanges: readonly Exchange[],
  charges: ReadonlyMap<string, Charge>,
  records: readonly RecordRow[],
): Ending[] {
  const recorded = new Map(records.map((record) => [record.id, record]))
  const unconfirmed = new Map<string, string>()
  return exchanges.map((exchange) => {
    const charge = charges.get(exchange.request) ?? noCharge()
    if (charge.held > 0n && !charge.resolved) object('held_after_recovery', exchange.request, `${charge.held} is held`)
    expectPaid(exchange, charge)
    expectOwed(exchange, charge)
    expectRecord(exchange, charge, recorded.get(exchange.request))
    expectOneUnconfirmed(exchange, charge, unconfirmed)
    return endingOf(exchange, charge)
  })
}

function endingOf({ whole, killed }: Exchange, charge: Charge): Ending {
  if (charge.held === 0n && !charge.resolved) return 'refused'
  if (whole) return 'whole'
  if (charge.refunded > 0n && charge.charged === charge.refunded) return 'given back'
  if (charge.charged + charge.absorbed === 0n) return 'void'
  if (isRecovery(charge)) return 'recovered by its mark'
  return killed ? 'charged, unconfirmed' : 'in part'
}

/** M16: a whole answer was settled by the process that delivered it. */
function expectPaid(exchange: Exchange, charge: Charge): void {
  if (!exchange.whole) return
  const own = charge.resolved && charge.instance === exchange.instance && !isRecovery(charge)
  if (!own) object('delivered_unpaid', exchange.request, `it was delivered whole, and ${charge.resolved ? 'recovered' : 'never settled'}`)
  const owed = owedFor(exchange, charge.held)
  if (charge.charged + charge.absorbed < owed) {
    object('delivered_unpaid', exchange.request, `it was delivered whole for ${charge.charged + charge.absorbed}, not ${owed}`)
  }
}

function expectOwed(exchange: Exchange, charge: Charge): void {
  const { request } = exchange
  const cost = charge.charged + charge.absorbed
  const owed = mostOwed(exchange, charge)
  if (cost > owed && charge.charges.length > 1 && !charge.charges.includes(`${request}.excess`)) {
    object('charged_twice', request, `${charge.charges.join(', ')} charge ${cost}, not ${owed}`)
  }
  if (cost > owed && owed === 0n) object('charged_undelivered', request, `${cost} was charged; nothing was delivered`)
  if (cost > owed) object('charged_more_than_delivered', request, `${cost} was charged, ${owed} delivered`)
  const exact = !exchange.killed && !isRecovery(charge)
  const late = exchange.unavailable && (exchange.kind === 'answer' || (exchange.kind === 'stream' && exchange.accepted === 0))
  if (exact && !late && cost < owed) object('charged_less_than_delivered', request, `${cost} was charged, ${owed} delivered`)
  if (exact && late && charge.charged > charge.refunded) {
    object('charged_undelivered', request, `its caller was told that the ledger is unavailable; ${charge.charged} was charged`)
  }
}

/** M23: recovery charges what the socket had accepted, at most; otherwise it is what was owed when it was settled. */
function mostOwed(exchange: Exchange, charge: Charge): bigint {
  if (isRecovery(charge)) return exchange.accepted === 0 ? 0n : counted(exchange, exchange.accepted)
  return owedFor(exchange, charge.held)
}

/** M20 to M22: the upstream's word where it can be believed, else what was delivered; nothing for nothing. */
function owedFor(exchange: Exchange, held: bigint): bigint {
  const { settling, usage, kind, produced } = exchange
  if (settling === undefined) return 0n
  const { complete, left, accepted } = settling
  if (kind === 'answer' ? left || !complete : accepted === 0 && !complete) return 0n
  if (usage !== undefined && believable(exchange, usage) && (kind !== 'stream' || plausible(usage, accepted))) {
    return price(exchange, usage.input, usage.output)
  }
  const estimate = counted(exchange, complete && kind !== 'stream' ? produced : accepted)
  return estimate < held ? estimate : held
}

function believable({ bound }: Exchange, { input, output }: { input: number; output: number }): boolean {
  return input >= 0 && output >= 0 && input <= 4 * bound.input && output <= 4 * bound.output
}

/** What came at the end is known better than we count; what came before must be near to what arrived. */
function plausible({ output, final }: { output: number; final: boolean }, accepted: number): boolean {
  if (output === 0 && accepted > 0) return false
  return final || (accepted <= 2 * output && output <= 2 * accepted)
}

function counted(exchange: Exchange, output: number): bigint {
  return price(exchange, exchange.prompt, output)
}

function price({ price: { fee, input, output } }: Exchange, sent: number, received: number): bigint {
  const millionths = fee + input * BigInt(sent) + output * BigInt(received)
  return (millionths + 999_999n) / 1_000_000n
}

/** What was charged is in the record, and only what arrived is called confirmed (M24). */
function expectRecord(exchange: Exchange, charge: Charge, record: RecordRow | undefined): void {
  const { request } = exchange
  if (charge.charged === charge.refunded) return
  if (record === undefined) object('record_missing', request, `${charge.charged} was charged`)
  if (record.cost !== charge.charged && !exchange.unavailable) {
    object('record_differs', request, `it says ${record.cost}, ${charge.charged} was charged`)
  }
  if (record.delivery === 'confirmed' && !exchange.whole && !exchange.unavailable && exchange.accepted === 0) {
    object('record_differs', request, 'it says that the answer has arrived, and nothing has')
  }
}

/** M24: a kill leaves one answer a connection, at most, that was settled and not delivered. */
function expectOneUnconfirmed(exchange: Exchange, charge: Charge, seen: Map<string, string>): void {
  const { killed, whole, unavailable, request, connection, instance } = exchange
  if (!killed || whole || unavailable || charge.charged === 0n || isRecovery(charge)) return
  const key = `${instance}/${connection}`
  const other = seen.get(key)
  if (other !== undefined) object('unconfirmed_twice_on_a_connection', request, `so is ${other}, on ${connection}`)
  seen.set(key, request)
}
