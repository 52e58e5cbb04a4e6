import type { ApiEntry } from './api.ts'
import type { Snapshot } from './route.ts'

/** Which calls of an API are served by its canary instead of by the release in force. At least one of the two is there. */
export interface CanaryTerms {
  /** Of a hundred keys, so many: always the same ones. More than 0. */
  percent?: number | undefined
  /** Calls that carry this header (small letters) with this value, whose ever key they have. */
  header?: { name: string; value: string } | undefined
}

/** A release that is tried beside the one in force. */
export interface ApiCanary<Entry = ApiEntry> extends CanaryTerms {
  entry: Entry
}

/** Every release that a call can be served by. */
export function* servedReleases({ apis, staged }: Pick<Snapshot, 'apis' | 'staged'>): Generator<ApiEntry> {
  yield* staged.values()
  for (const api of apis.values()) {
    yield api
    if (api.canary !== undefined) yield api.canary.entry
  }
}

/** The release of this number among those that serve an API; the one in force, where no other is meant. */
export function servedRelease(api: ApiEntry, number: number | undefined): ApiEntry {
  const tried = api.canary?.entry
  return tried !== undefined && tried.release === number ? tried : api
}
