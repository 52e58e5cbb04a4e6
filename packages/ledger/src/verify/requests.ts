import type { Nano } from '@faregate/core'
import { amountAt } from '../measure.ts'
import { baseOf, countsOf, isQuota } from '../quota.ts'
import type { Entry } from '../working-set.ts'
import type { Findings } from './findings.ts'
import type { Recount } from './recount.ts'

interface OpenRequest {
  instances: Set<number | null>
  held: Map<string, Nano>
}

/** Follows requests from their holds to their one resolution; remembers only those that are open or were refunded. */
export class Requests {
  readonly #findings: Findings
  readonly #recount: Recount
  readonly #open = new Map<string, OpenRequest>()
  readonly #excessDue = new Map<string, { excess: Nano; absorbed: Nano }>()
  readonly #refunded: Set<string>
  readonly #charges = new Map<string, { charge: Nano; refunded: Nano }>()

  constructor(findings: Findings, recount: Recount, refunded: Iterable<string>) {
    this.#findings = findings
    this.#recount = recount
    this.#refunded = new Set(refunded)
  }

  get openCount(): number {
    return this.#open.size
  }

  add(entry: Entry): void {
    const request = entry.request
    if (request === null) return
    if (entry.kind === 'hold') this.#hold(entry, request)
    if (entry.kind === 'post' || entry.kind === 'void') this.#settle(entry, request)
    if (entry.kind === 'excess') this.#excess(entry, request)
    if (entry.kind === 'refund') this.#refund(entry, request)
  }

  finish(live: ReadonlySet<number>): void {
    for (const [request, { instances }] of this.#open) {
      for (const instance of instances) {
        if (instance !== null && live.has(instance)) continue
        this.#findings.add('hold_open_of_dead_instance', request, `it belongs to instance ${instance}`)
      }
    }
    for (const request of this.#excessDue.keys()) this.#findings.add('entry_missing', `${request}.excess`, 'its resolution names an excess')
  }

  #hold(entry: Entry, request: string): void {
    const open = this.#open.get(request) ?? { instances: new Set(), held: new Map() }
    open.instances.add(entry.instance)
    this.#open.set(request, open)
    const rules = String(entry.terms.legs ?? '').split('\n')
    for (const [index, leg] of entry.legs.filter(({ field }) => field === 'held').entries()) {
      // A quota's rules end with its own measure.
      const expected = amountBy(entry, isQuota(leg.unit) ? rules[index]?.split(' ').slice(-2).join(' ') : entry.terms.measure)
      open.held.set(leg.account, (open.held.get(leg.account) ?? 0n) - leg.amount)
      if (-leg.amount !== expected) this.#mismatch(entry, `it holds ${-leg.amount} on ${leg.account}, its measure is ${expected}`)
      this.#expectAbove(entry, leg.account, (sum) => sum.creditLimit)
    }
  }

  #settle(entry: Entry, request: string): void {
    const open = this.#open.get(request)
    this.#open.delete(request)
    const terms = amountsOf(entry, ['cost', 'posted', 'excess', 'absorbed'])
    const { cost = 0n, posted = 0n, excess = 0n, absorbed = 0n } = terms
    if (open === undefined) {
      if (entry.id === `${request}.settle`) this.#findings.add('entry_missing', request, `${entry.id} resolves a hold that is not there`)
      else this.#findings.add('double_settle', request, `${entry.id} resolves it once more`)
      return
    }
    this.#expectReleased(entry, open)
    this.#expectCounted(entry)
    if (cost !== posted + excess + absorbed) this.#mismatch(entry, `a cost of ${cost} is not ${posted} + ${excess} + ${absorbed}`)
    if ((entry.kind === 'void') !== (cost === 0n && entry.terms.counts === undefined))
      this.#mismatch(entry, `a ${entry.kind} cannot cost ${cost}`)
    this.#expectCharged(entry, posted)
    if (excess + absorbed > 0n) this.#excessDue.set(request, { excess, absorbed })
    if (this.#refunded.has(request)) this.#charges.set(request, { charge: posted + excess, refunded: 0n })
  }

  #expectReleased(entry: Entry, open: OpenRequest): void {
    const released = new Map<string, Nano>()
    for (const leg of entry.legs) {
      const held = open.held.get(leg.account) ?? 0n
      if (leg.field === 'held') released.set(leg.account, (released.get(leg.account) ?? 0n) + leg.amount)
      if (leg.field !== 'posted' || isQuota(leg.unit) || -leg.amount <= held) continue
      this.#exceeds(entry, `${-leg.amount} is posted on ${leg.account}, ${held} was held`)
    }
    for (const account of new Set([...open.held.keys(), ...released.keys()])) {
      const [was, is] = [open.held.get(account) ?? 0n, released.get(account) ?? 0n]
      if (is > was) this.#exceeds(entry, `${is} is released on ${account}, ${was} was held`)
      if (is < was) this.#findings.add('hold_left_open', entry.id, `${is} is released on ${account}, ${was} was held`)
    }
  }

  /** Every quota that was held posts what the entry says was used of its unit. */
  #expectCounted(entry: Entry): void {
    const counts = countsOf(entry.terms.counts)
    const posted = new Map<string, { unit: string; sum: bigint }>()
    for (const { account, unit, field, amount } of entry.legs) {
      if (!isQuota(unit) || field === 'contra') continue
      const known = posted.get(baseOf(account)) ?? { unit, sum: 0n }
      if (field === 'posted') known.sum -= amount
      posted.set(baseOf(account), known)
    }
    for (const [base, { unit, sum }] of posted) {
      const count = counts[unit] ?? 0n
      if (sum !== count) this.#mismatch(entry, `${sum} is posted on ${base}, ${count} of ${unit} were used`)
    }
  }

  #excess(entry: Entry, request: string): void {
    const due = this.#excessDue.get(request)
    this.#excessDue.delete(request)
    const { excess = 0n, absorbed = 0n } = amountsOf(entry, ['excess', 'absorbed'])
    if (due === undefined) this.#findings.add('entry_missing', request, `${entry.id} follows no resolution`)
    else if (due.excess !== excess || due.absorbed !== absorbed) {
      this.#mismatch(entry, `its resolution says ${due.excess} and ${due.absorbed}`)
    }
    this.#expectCharged(entry, excess)
    if (excess === 0n) return
    for (const leg of entry.legs) {
      if (this.#recount.account(leg.account)?.kind !== 'wallet') continue
      this.#expectAbove(entry, leg.account, (sum) => (sum.overdraft > sum.creditLimit ? sum.overdraft : sum.creditLimit))
    }
  }

  #refund(entry: Entry, request: string): void {
    const { refunded = 0n } = amountsOf(entry, ['refunded'])
    this.#expectCharged(entry, -refunded, ['posted', 'granted'])
    const charged = this.#charges.get(request)
    if (charged === undefined) {
      this.#findings.add('entry_missing', request, `${entry.id} refunds a charge that is not there`)
      return
    }
    charged.refunded += refunded
    if (charged.refunded > charged.charge) {
      this.#findings.add('refund_exceeds_charge', request, `${charged.refunded} is refunded of ${charged.charge}`)
    }
  }

  /** What the entry says it charged is what its wallet's legs do. */
  #expectCharged(entry: Entry, amount: Nano, fields: string[] = ['posted']): void {
    let charged: Nano | undefined
    for (const leg of entry.legs) {
      if (leg.field === 'contra' || this.#recount.account(leg.account)?.kind !== 'wallet') continue
      charged = (charged ?? 0n) - (fields.includes(leg.field) ? leg.amount : 0n)
    }
    if (charged !== undefined && charged !== amount) this.#mismatch(entry, `it charges ${charged} and says ${amount}`)
  }

  #expectAbove(entry: Entry, id: string, limit: (sum: { overdraft: Nano; creditLimit: Nano }) => Nano): void {
    const sum = this.#recount.account(id)
    if (sum === undefined) return
    const available = this.#recount.available(sum)
    if (available < -limit(sum)) this.#findings.add('available_below_limit', id, `${available} is available after ${entry.id}`)
  }

  #exceeds(entry: Entry, detail: string): void {
    this.#findings.add('settle_exceeds_hold', entry.id, detail)
  }

  #mismatch(entry: Entry, detail: string): void {
    this.#findings.add('entry_terms_mismatch', entry.id, detail)
  }
}

/** What a measure, `<fixed> <perStep>`, makes of the steps that were taken. */
function amountBy({ terms }: Entry, measure: unknown): Nano {
  const [fixed, perStep] = String(measure).split(' ')
  return amountAt({ fixed: BigInt(fixed ?? 0), perStep: BigInt(perStep ?? 0) }, Number(terms.taken))
}

function amountsOf(entry: Entry, names: string[]): Record<string, Nano> {
  return Object.fromEntries(names.map((name) => [name, BigInt(entry.terms[name] ?? 0)]))
}
