import type { JsonObject } from '../json/object.ts'

export type OutputLimitMember = 'max_tokens' | 'max_completion_tokens'

/** The caller's limit of output, and where it stands: of two the larger, for an upstream may heed either. */
export function outputLimit(value: JsonObject): { outputLimit: number | null; outputLimitMember: OutputLimitMember | null } {
  const older = value['max_tokens']
  const newer = value['max_completion_tokens']
  if (typeof newer === 'number' && (typeof older !== 'number' || newer >= older)) {
    return { outputLimit: newer, outputLimitMember: 'max_completion_tokens' }
  }
  if (typeof older === 'number') return { outputLimit: older, outputLimitMember: 'max_tokens' }
  return { outputLimit: null, outputLimitMember: null }
}
