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
    if (user === null && tags.length === 0) return key
    if (organization.namedCaps !== true) return withCaps(key, NONE, tags)
    const name = JSON.stringify([organization.id, user, tags])
    const known = this.#known.get(name)
    return known === undefined ? this.#look(key, user, tags, name) : withCaps(key, known, tags)
  }

  async #look(key: KeyEntry, user: string | null, tags: readonly string[], name: string): Promise<KeyEntry> {
    const generation = this.#generation
    const found = await this.#find(key.organization.id, user, tags)
    // What was read before a change must not outlive it.
    if (generation === this.#generation) this.#remember(name, found)
    return withCaps(key, found, tags)
  }

  #remember(name: string, found: NamedCaps): void {
    this.#known.set(name, found)
    if (this.#known.size <= MOST_REMEMBERED) return
    const oldest = this.#known.keys().next()
    if (!oldest.done) this.#known.delete(oldest.value)
  }
}

const NONE: NamedCaps = { user: null, tags: [] }

function withCaps(key: KeyEntry, { user, tags: own }: NamedCaps, tags: readonly string[]): KeyEntry {
  const { organization } = key
  const tagCaps = capsOfTags(organization.tagCap ?? null, own, tags)
  if (user === null && tagCaps.length === 0) return key
  const userCap = user === null ? organization.userCap : { ...user, named: true as const }
  return { ...key, organization: { ...organization, userCap, tagCaps } }
}

/** A tag has its own cap, or the one that every tag has. */
function capsOfTags(common: SpendCap | null, own: TagCap[], tags: readonly string[]): TagCap[] {
  if (common === null) return own
  return tags.map((tag) => own.find((one) => one.tag === tag) ?? { tag, cap: common, common: true })
}
