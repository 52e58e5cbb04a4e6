import { CALLER_CASES } from './cases-caller.ts'
import { CREDENTIAL_CASES } from './cases-credentials.ts'
import { LIMIT_CASES } from './cases-limits.ts'
import { OPERATOR_CASES } from './cases-operator.ts'
import { PAYMENT_CASES } from './cases-payments.ts'
import { PLAN_CASES } from './cases-plans.ts'
import type { Case } from './world.ts'

/** How every code of the catalogue is made to happen, and mended. */
export const CASES: Record<string, Case> = {
  ...CALLER_CASES,
  ...CREDENTIAL_CASES,
  ...PLAN_CASES,
  ...PAYMENT_CASES,
  ...LIMIT_CASES,
  ...OPERATOR_CASES,
}
