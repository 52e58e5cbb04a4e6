/**
 * What can be asked of a ledger and what it shows, in the auditor's own words: nothing here, and nothing in this
 * folder, is taken from what is audited.
 */
interface WalletRef {
  kind: 'wallet'
  id: string
  unit: string
}

export interface CapRef {
  kind: 'cap'
  base: string
  unit: string
  period: string
  zone: string
  limit: bigint
  /** Of a quota. */
  measure?: { fixed: bigint; perStep: bigint }
}

export interface Hold {
  type: 'hold'
  id: string
  request: string
  slice: number
  instance: number
  legs: (WalletRef | CapRef)[]
  measure: { fixed: bigint; perStep: bigint }
  steps: { min: number; max: number }
  outlook?: { min: number; max: number }
  memo: string
  mark?: bigint
  counts?: Readonly<Record<string, bigint>>
}

export interface Settle {
  type: 'settle'
  request: string
  slices: number
  cost: bigint
  counts?: Readonly<Record<string, bigint>>
  instance: number
  memo: string
}

export interface Grant {
  type: 'grant'
  id: string
  account: string
  amount: bigint
  priority: number
  expiresAt: number | null
  reason: string
}

export interface Charge {
  type: 'charge'
  id: string
  account: string
  amount: bigint
  reason: string
}

export interface Reverse {
  type: 'reverse'
  id: string
  grant: string
  amount: bigint | null
  reason: string
}

export interface Refund {
  type: 'refund'
  id: string
  request: string
  amount: bigint | null
  reason: string
}

export interface SetWallet {
  type: 'wallet'
  account: string
  unit: string
  overdraft: bigint
  creditLimit: bigint
}

export interface Adjust {
  type: 'adjust'
  id: string
  cap: CapRef
}

export type Asked = Hold | Settle | Grant | Charge | Reverse | Refund | SetWallet | Adjust

/** An outcome; its other members are compared by name. */
export interface Answered {
  status: string
}

/** One transaction: which process sent it, what it was asked, what it answered, the time that it took for now. */
export interface Transaction {
  process: number
  asked: readonly Asked[]
  answered: readonly Answered[]
  now: number
}

export interface AccountRow {
  id: string
  unit: string
  kind: string
  granted: bigint
  expired: bigint
  posted: bigint
  held: bigint
}

export interface LotRow {
  id: string
  account: string
  granted: bigint
  posted: bigint
  held: bigint
  expired: bigint
  reversed: bigint
}

export interface EntryRow {
  seq: bigint
  id: string
  kind: string
  request: string | null
  instance: number | null
  memo: string
  legs: { account: string; unit: string; amount: bigint; field: string; lots?: [string, bigint][] }[]
}

export interface RecordRow {
  id: string
  cost: bigint
  delivery: string
}
