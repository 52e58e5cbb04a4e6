import { AMOUNT_AS_NUMBER } from '@faregate/contract'
import { parseAmount } from '@faregate/core'
import { invalid } from '../refusal.ts'
import type { Target } from './targets.ts'
import { textOf } from './usage.ts'

const MOST = 1_000_000_000n

/** Reads the value that is wanted of a target, which is higher than what is in force. 400 where it is not. */
export function valueOf(target: Target, given: string | number): bigint {
  const value = target.money ? moneyOf(given) : countOf(given)
  if (value > target.current) return value
  return invalid('/value', `${textOf(target)(target.current)} ${target.unit} are in force: ask for more`)
}

function moneyOf(given: string | number): bigint {
  if (typeof given === 'number') return invalid('/value', AMOUNT_AS_NUMBER)
  return parseAmount(given) ?? invalid('/value', 'must be greater than zero')
}

function countOf(given: string | number): bigint {
  const text = String(given)
  const value = /^\d{1,10}$/.test(text) ? BigInt(text) : 0n
  return value > 0n && value <= MOST ? value : invalid('/value', `must be a whole number up to ${MOST}`)
}
