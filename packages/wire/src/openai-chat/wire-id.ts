import { nineCharacterId, plainId } from '../canonical/tool-ids.ts'
import type { Quirks } from '../dialect.ts'

/** OpenAI refuses longer ids of tool calls. */
const LONGEST = 40

/** The id of a call, the same in its result, as the vendor takes it (T7). */
export function wireId(id: string, quirks: Quirks): string {
  if (quirks.nineCharacterToolIds === true) return nineCharacterId(id)
  return id.length <= LONGEST ? id : plainId(id, LONGEST)
}
