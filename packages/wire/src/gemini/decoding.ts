import type { Other } from '../canonical/conversation.ts'
import { ARRAY, BOOLEAN, Checks, NUMBER, OBJECT, STRING, TEXTS, type Kind } from '../input/checks.ts'
import type { JsonObject } from '../json/object.ts'
import { CallBook } from './call-ids.ts'
import { member, spelled } from './spelling.ts'

/** A member that was found: its value, and where it stands in the caller's own spelling. */
export interface Found<T> {
  value: T
  at: string
}

/** What the parts of a request are decoded with: what came before, what has no neutral form, and the first thing that is wrong. */
export class Decoding extends Checks {
  readonly others: Record<string, Other> = {}
  readonly calls = new CallBook()

  /** Notes a member that only this dialect understands. */
  keep(name: string, { at, value }: Found<unknown>): void {
    this.others[name] = { at, value }
  }

  any(holder: Found<JsonObject>, name: string): Found<unknown> | undefined {
    const value = member(holder.value, name)
    return value === undefined ? undefined : { value, at: `${holder.at}/${spelled(holder.value, name)}` }
  }

  object(holder: Found<JsonObject>, name: string): Found<JsonObject> | undefined {
    return this.#typed(this.any(holder, name), OBJECT)
  }

  text(holder: Found<JsonObject>, name: string): string | undefined {
    return this.#typed(this.any(holder, name), STRING)?.value
  }

  number(holder: Found<JsonObject>, name: string): number | undefined {
    return this.#typed(this.any(holder, name), NUMBER)?.value
  }

  flag(holder: Found<JsonObject>, name: string): boolean | undefined {
    return this.#typed(this.any(holder, name), BOOLEAN)?.value
  }

  strings(holder: Found<JsonObject>, name: string): string[] | undefined {
    return this.#typed(this.any(holder, name), TEXTS)?.value
  }

  /** The objects of a list, each with its place; what is no object is refused. */
  objects(holder: Found<JsonObject>, name: string): Found<JsonObject>[] {
    const list = this.#typed(this.any(holder, name), ARRAY)
    if (list === undefined) return []
    return list.value.flatMap((value, index) => this.#typed({ value, at: `${list.at}/${index}` }, OBJECT) ?? [])
  }

  #typed<T>(found: Found<unknown> | undefined, kind: Kind<T>): Found<T> | undefined {
    const value = found && this.required(found.value, found.at, kind)
    return found === undefined || value === undefined ? undefined : { value, at: found.at }
  }
}
