import { capLevel, formatAmount, type DenialCode, type Nano, type TraceStep } from '@faregate/core'
import type { AccountRef, Decided, Done, Room } from '@faregate/ledger'
import { row } from './row.ts'

/** What balances were found to be. Without `seq` they were read and not locked: a forecast, which nothing was decided by. */
export type Looked = Pick<Decided, 'legs'> & { seq?: bigint }

/** Every leg of a hold that was refused, or would be. `codeOf`: what it was refused for; undefined: it had room. */
export function refusedLegs(
  legs: readonly AccountRef[],
  { legs: rooms, seq }: Looked,
  codeOf: (leg: number) => DenialCode | undefined,
): TraceStep[] {
  const decided = seq === undefined ? { forecast: true } : { seq: String(seq) }
  return rooms.map((room, leg) => {
    const code = codeOf(leg)
    return row(checkOf(legs[leg]), code === undefined ? undefined : { code }, { ...nameOf(legs[leg], room), ...amounts(room), ...decided })
  })
}

/** Every leg of a hold that was taken: that each had room for it is what the ledger says at that number. */
export function takenLegs(legs: readonly AccountRef[], { held = [], seq }: Pick<Done, 'held' | 'seq'>): TraceStep[] {
  return held.map(({ account, unit, amount }, leg) =>
    row(checkOf(legs[leg]), undefined, { ...nameOf(legs[leg], { account, unit }), required: textOf(unit, amount), seq: String(seq) }),
  )
}

function checkOf(ref: AccountRef | undefined): string {
  if (ref?.kind !== 'cap') return 'balance'
  return ref.measure === undefined ? 'cap' : 'quota'
}

function nameOf(ref: AccountRef | undefined, { account, unit }: Pick<Room, 'account' | 'unit'>): Record<string, unknown> {
  const level = ref?.kind === 'cap' && ref.measure === undefined ? { level: capLevel(ref.base) } : {}
  return { ...level, account, unit }
}

function amounts({ unit, required, available, held, resetsAt }: Room): Record<string, unknown> {
  return {
    required: textOf(unit, required),
    available: textOf(unit, available),
    held: textOf(unit, held),
    ...(resetsAt === null ? {} : { resetsAt: new Date(resetsAt).toISOString() }),
  }
}

function textOf(unit: string, amount: Nano): string {
  return unit.startsWith('quota:') ? String(amount) : formatAmount(amount)
}
