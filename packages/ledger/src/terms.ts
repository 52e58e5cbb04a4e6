import { countsText } from './quota.ts'
import type { AccountRef, Counts, HoldOp, Operation, Outcome, Settlement } from './types.ts'
import type { Entry, Terms } from './working-set.ts'

/**
 * What an entry keeps of its operation, so that the same id can be recognised (M5). Terms that the operation
 * does not have (what was decided) are in the entry too, and are not compared.
 */
export function termsOf(operation: Operation): Terms {
  switch (operation.type) {
    case 'hold':
      return holdTerms(operation)
    case 'settle':
      return { cost: String(operation.cost), ...counted(operation.counts) }
    case 'grant':
      return {
        account: operation.account,
        amount: String(operation.amount),
        priority: operation.priority,
        expiresAt: operation.expiresAt,
        reason: operation.reason,
      }
    case 'charge':
      return { account: operation.account, amount: String(operation.amount), reason: operation.reason }
    case 'reverse':
      return { grant: operation.grant, amount: nullable(operation.amount), reason: operation.reason }
    case 'refund':
      return { request: operation.request, amount: nullable(operation.amount), reason: operation.reason }
    case 'adjust':
      return { cap: refKey(operation.cap) }
    case 'wallet':
      return {
        account: operation.account,
        unit: operation.unit,
        overdraft: String(operation.overdraft),
        creditLimit: String(operation.creditLimit),
      }
  }
}

function holdTerms(operation: HoldOp): Terms {
  const { legs, measure, steps, outlook, mark, counts } = operation
  const terms: Terms = {
    legs: legs.map(rules).join('\n'),
    measure: `${measure.fixed} ${measure.perStep}`,
    steps: `${steps.min} ${steps.max}`,
  }
  if (outlook !== undefined) terms.outlook = `${outlook.min} ${outlook.max}`
  if (mark !== undefined) terms.mark = String(mark)
  return counts === undefined ? terms : { ...terms, ...counted(counts) }
}

function counted(counts: Counts | undefined): Terms {
  return counts === undefined ? {} : { counts: countsText(counts) }
}

/** Members that an entry may have and the operation may lack, or the reverse. */
const OPTIONAL = ['outlook', 'mark', 'counts']

/** What of a leg the entry's own legs do not say. */
function rules(ref: AccountRef): string {
  if (ref.kind === 'wallet') return ''
  const { period, zone, limit, measure } = ref
  return measure === undefined ? `${period} ${zone} ${limit}` : `${period} ${zone} ${limit} ${measure.fixed} ${measure.perStep}`
}

/** Whether a hold names the accounts that an entry holds on, in the same order. A cap's period is not the operation's. */
function holdsOn(entry: Entry, refs: readonly AccountRef[]): boolean {
  const held = entry.legs.filter((leg) => leg.field === 'held')
  if (held.length !== refs.length) return false
  return refs.every((ref, index) => {
    const leg = held[index]
    const name = ref.kind === 'wallet' ? ref.id : ref.base
    const account = ref.kind === 'wallet' ? leg?.account : leg?.account.slice(0, leg.account.lastIndexOf('@'))
    return account === name && leg?.unit === ref.unit
  })
}

function refKey(ref: AccountRef): string {
  if (ref.kind === 'wallet') return `wallet ${ref.id} ${ref.unit}`
  return `cap ${ref.base} ${ref.unit} ${ref.period} ${ref.zone} ${ref.limit}`
}

function nullable(amount: bigint | null): string | null {
  return amount === null ? null : String(amount)
}

/** The refusal for an id that is taken by something else; `undefined` if every member is equal. */
export function differenceFrom(entry: Entry, operation: Operation): Outcome | undefined {
  if (!KINDS[operation.type].includes(entry.kind)) return { status: 'exists_with_different_type' }
  if (operation.type === 'hold' && !holdsOn(entry, operation.legs)) return { status: 'exists_with_different_legs' }
  const terms = termsOf(operation)
  for (const member of [...Object.keys(terms), ...OPTIONAL]) {
    if (entry.terms[member] !== terms[member]) return { status: `exists_with_different_${member}` }
  }
  if ('instance' in operation && entry.instance !== operation.instance) return { status: 'exists_with_different_instance' }
  if ('memo' in operation && entry.memo !== operation.memo) return { status: 'exists_with_different_memo' }
  return undefined
}

const KINDS: Record<Operation['type'], string[]> = {
  hold: ['hold'],
  settle: ['post', 'void'],
  grant: ['grant'],
  charge: ['charge'],
  reverse: ['reverse'],
  refund: ['refund'],
  adjust: ['adjust'],
  wallet: ['wallet'],
}

/** How a resolution divided its cost. */
export function settlementOf(entry: Entry): Settlement {
  const { posted, excess, absorbed } = entry.terms
  return { posted: BigInt(posted ?? 0), excess: BigInt(excess ?? 0), absorbed: BigInt(absorbed ?? 0) }
}
