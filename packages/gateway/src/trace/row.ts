import type { Denial, TraceStep } from '@faregate/core'

/** A row of a trace: what was looked at, what came of it, and what was compared. */
export function row(check: string, denial: Pick<Denial, 'code'> | undefined, facts: Record<string, unknown> = {}): TraceStep {
  return denial === undefined ? { check, result: 'ok', facts } : { check, result: 'denied', facts: { code: denial.code, ...facts } }
}

/** A check that had nothing to look at. */
export function skipped(check: string, why: string): TraceStep {
  return { check, result: 'skipped', facts: { why } }
}
