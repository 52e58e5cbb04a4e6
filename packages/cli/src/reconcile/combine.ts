import { Failure } from '../command.ts'
import type { UsageExport } from './usage-export.ts'

/** Several exports of one account as one: usage and costs, or one part of the time after the other. @throws Failure */
export function combine(exports: readonly UsageExport[]): UsageExport {
  return exports.reduce((one, other) => {
    const same = String(one.kinds) === String(other.kinds) && one.zone === other.zone && agree(one, other)
    if (!same) throw new Failure(`${one.title} and ${other.title} cannot be compared together.`, 'Compare them one after the other.')
    const costUnit = [one.costUnit, other.costUnit].find((unit) => unit !== undefined)
    const currency = one.currency ?? other.currency
    return {
      ...one,
      title: one.title === other.title ? one.title : `${one.title} and ${other.title}`,
      covers: { ...one.covers, ...other.covers },
      rows: [...one.rows, ...other.rows],
      ...(costUnit === undefined ? {} : { costUnit }),
      ...(currency === undefined ? {} : { currency }),
      notes: [...new Set([...one.notes, ...other.notes])],
    }
  })
}

/** Whether what both count stands for the same, and is in the same currency. */
function agree(one: UsageExport, other: UsageExport): boolean {
  const counts = Object.entries(one.covers).every(([measure, covered]) => {
    const theirs = other.covers[measure as keyof UsageExport['covers']]
    return theirs === undefined || String(covered) === String(theirs)
  })
  return counts && (one.currency === undefined || other.currency === undefined || one.currency === other.currency)
}
