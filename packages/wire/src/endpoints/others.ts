import type { Other } from '../canonical/conversation.ts'
import { pointerTo } from '../json/pointer.ts'
import type { JsonObject } from '../json/object.ts'

/** The members of a body that are not among these: only its own dialect knows them. `null` says nothing. */
export function othersOf(value: JsonObject, understood: readonly string[]): Record<string, Other> {
  const others: Record<string, Other> = {}
  for (const [name, member] of Object.entries(value)) {
    if (member !== null && !understood.includes(name)) others[name] = { at: pointerTo(name), value: member }
  }
  return others
}
