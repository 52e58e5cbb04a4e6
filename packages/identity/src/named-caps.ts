import type { KeyEntry, SpendCap, TagCap } from './key-entry.ts'

const MOST_REMEMBERED = 10_000

/** The caps of the end user and the tags that a request names, where these have their own. */
export interface NamedCaps {
  user: SpendCap | null
  tags: TagCap[]
}

/** Finds them in the database; rejects where that does not answer. */
export type FindNamedCaps = (organization: string, user: string | null, tags: readonly string[]) => Promise<NamedCaps>

/** Remembers for as long as a configuration version lasts which caps the end users and tags of requests have. Bounded. */
export class NamedCapBook {
  readonly #find: FindNamedCaps
  #known = new Map<string, NamedCaps>()
  #generation = 0

  constructor(find: FindNamedCaps) {
    this.#find = find
  }

  /** Forgets everything; called when the configuration's version changes. */
  forget(): void {
    this.#known = new Map()
    this.#generation += 1
  }

  /** The key as this request of its is decided: with the caps of the user and the tags that it names. At once where these are remembered. */
  under(key: KeyEntry, user: string | null, tags: readonly string[]): KeyEntry | Promise<KeyEntry> {
    const { organization } = key
    if (organization.namedCaps !== true || (user === null && tags.length === 0)) return key
    const name = JSON.stringify([organization.id, user, tags])
    const known = this.#known.get(name)
    return known === undefined ? this.#look(key, user, tags, name) : withCaps(key, known)
  }

  async #look(key: KeyEntry, user: string | null, tags: readonly string[], name: string): Promise<KeyEntry> {
    const generation = this.#generation
    const found = await this.#find(key.organization.id, user, tags)
    // What was read before a change must not outlive it.
    if (generation === this.#generation) this.#remember(name, found)
    return withCaps(key, found)
  }

  #remember(name: string, found: NamedCaps): void {
    this.#known.set(name, found)
    if (this.#known.size <= MOST_REMEMBERED) return
    const oldest = this.#known.keys().next()
    if (!oldest.done) this.#known.delete(oldest.value)
  }
}

function withCaps(key: KeyEntry, { user, tags }: NamedCaps): KeyEntry {
  if (user === null && tags.length === 0) return key
  const { organization } = key
  const userCap = user === null ? organization.userCap : { ...user, named: true as const }
  return { ...key, organization: { ...organization, userCap, tagCaps: tags } }
}
