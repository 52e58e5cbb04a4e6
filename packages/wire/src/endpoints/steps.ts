import type { StreamStep } from '../dialect.ts'
import { errorMessage } from '../canonical/vendor-errors.ts'

/** An event that says nothing to the gateway. */
export const OTHER_STEP: StreamStep = { kind: 'other', text: '', finished: false, usageOnly: false }

/** The vendor's own error inside of a stream. */
export function errorStep(error: unknown): StreamStep {
  return { ...OTHER_STEP, kind: 'error', error: { message: errorMessage({ error }), raw: error } }
}
