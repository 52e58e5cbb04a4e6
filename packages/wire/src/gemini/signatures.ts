import type { JsonObject } from '../json/object.ts'
import { isObject } from '../json/object.ts'
import { generationOf } from './models.ts'

/**
 * What stands for the signature of a call that has none, because another vendor or nobody made it: the documented value that
 * skips the check ("Thought signatures", FAQs; the one of the two that Vertex AI knows as well).
 */
export const SKIPPED = 'skip_thought_signature_validator'

/** From this generation on the first call of a step must carry a signature. */
const CHECKED = 3

/** The parts of one step of the model, signed where this model checks it: of parallel calls the first alone (T4). */
export function signedStep(parts: JsonObject[], model: string): JsonObject[] {
  if (generationOf(model) < CHECKED) return parts
  const first = parts.findIndex((part) => isObject(part['functionCall']))
  return parts.map((part, index) =>
    index === first && part['thoughtSignature'] === undefined ? { ...part, thoughtSignature: SKIPPED } : part,
  )
}
