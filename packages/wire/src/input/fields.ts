import { isObject, type JsonObject } from '../json/object.ts'
import { ARRAY, BOOLEAN, Checks, NUMBER, OBJECT, oneOf, STRING, TEXTS, type Kind } from './checks.ts'

/** An object in a body, and the JSON pointer to it. */
export interface Placed {
  value: JsonObject
  at: string
}

/**
 * Reads members of a request by name and type, and notes the first that is something else. null counts as absent, as it does
 * at the vendors. `at`: the JSON pointer to the object that holds the member; `expected`: what it must be, in other words.
 */
export class Fields extends Checks {
  string(holder: JsonObject, name: string, at: string, expected?: string): string | undefined {
    return this.#read(holder, name, at, STRING, expected)
  }

  number(holder: JsonObject, name: string, at: string, expected?: string): number | undefined {
    return this.#read(holder, name, at, NUMBER, expected)
  }

  boolean(holder: JsonObject, name: string, at: string, expected?: string): boolean | undefined {
    return this.#read(holder, name, at, BOOLEAN, expected)
  }

  object(holder: JsonObject, name: string, at: string, expected?: string): JsonObject | undefined {
    return this.#read(holder, name, at, OBJECT, expected)
  }

  list(holder: JsonObject, name: string, at: string, expected?: string): unknown[] | undefined {
    return this.#read(holder, name, at, ARRAY, expected)
  }

  strings(holder: JsonObject, name: string, at: string, expected?: string): string[] | undefined {
    return this.#read(holder, name, at, TEXTS, expected)
  }

  word<Word extends string>(holder: JsonObject, name: string, at: string, words: readonly Word[]): Word | undefined {
    return this.#read(holder, name, at, oneOf(...words))
  }

  /** A string that must be there; '' where it is not. */
  needed(holder: JsonObject, name: string, at: string): string {
    return this.required(holder[name] ?? undefined, `${at}/${name}`, STRING) ?? ''
  }

  /** The objects that a member lists; none where it is absent. `example`: what one looks like. */
  objects(holder: JsonObject, name: string, at: string, example?: string): Placed[] {
    return this.objectsOf(this.list(holder, name, at) ?? [], `${at}/${name}`, example)
  }

  /** The objects of a list; what is none is noted. */
  objectsOf(list: unknown[], at: string, example?: string): Placed[] {
    const objects: Placed[] = []
    for (const [index, value] of list.entries()) {
      const place = `${at}/${index}`
      if (isObject(value)) objects.push({ value, at: place })
      else this.wrong(value, place, example === undefined ? OBJECT.expected : `an object, such as ${example}`)
    }
    return objects
  }

  #read<T>(holder: JsonObject, name: string, at: string, kind: Kind<T>, expected = kind.expected): T | undefined {
    return this.optional(holder[name], `${at}/${name}`, { is: kind.is, expected })
  }
}
