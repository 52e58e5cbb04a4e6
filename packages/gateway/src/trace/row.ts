import type { Denial, TraceStep } from '@faregate/core'

/** A row of a trace: what was looked at, what came of it, and what was compared. */
export function row(check: string, denial: Pick<Denial, 'code'> | undefined, facts: Record<string, unknown> = {}): TraceStep {
  return denial === undefined ? { check, result: 'ok', facts } : { check, result: 'denied', facts: { code: denial.code, ...facts } }
}

/** A check that had nothing to look at. */
export function skipped(check: string, why: string): TraceStep {
  return { check, result: 'skipped', facts: { why } }
}

/** A refusal, with what another look at the same request has shown beside it. */
export function withEvidence(denial: Denial, { evidence = [] }: Pick<Denial, 'evidence'>): Denial {
  return evidence.length === 0 ? denial : { ...denial, evidence: [...(denial.evidence ?? []), ...evidence] }
}
