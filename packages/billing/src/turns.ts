import { addMonths, monthsBetween } from '@faregate/ledger'
import type { Millis } from '@faregate/core'

/** When the period that a time lies in began, counted from the anchor in steps of so many months. */
export function turnAt(anchor: Millis, months: number, at: Millis): Millis {
  return addMonths(anchor, stepsTo(anchor, months, at) * months)
}

/** When the next period begins. */
export function turnAfter(anchor: Millis, months: number, at: Millis): Millis {
  return addMonths(anchor, (stepsTo(anchor, months, at) + 1) * months)
}

function stepsTo(anchor: Millis, months: number, at: Millis): number {
  return Math.floor(monthsBetween(anchor, at) / months)
}
