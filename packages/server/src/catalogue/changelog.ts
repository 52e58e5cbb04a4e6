import type { AdminDeps, ApiReleaseRow } from '@faregate/admin'
import { Recent, routesOf, type ApiEntry } from '@faregate/core'
import { releaseChanges, type ApiChange, type Called } from '@faregate/lifecycle'

/** One release as the changelog of an API tells it. */
export interface LoggedRelease {
  number: number
  inForce: boolean
  publishedAt: string
  note: string | null
  breaking: boolean
  /** In what it differs from the release before, what breaks callers first. */
  changes: ApiChange[]
  /** How many more there are. */
  more: number
}

const MOST_RELEASES = 20
const MOST_CHANGES = 50
const MOST_KEPT = 2000

export type Changelogs = (entry: ApiEntry) => Promise<LoggedRelease[]>

/** All that is told of a release, whichever is in force. */
type Told = Omit<LoggedRelease, 'inForce'>

type FindRelease = (number: number) => Promise<ApiReleaseRow | undefined>

/** The changelogs of APIs, newest release first. Releases never change: each is read, and compared with the one before, once. */
export function createChangelogs({ store, documents }: Pick<AdminDeps, 'store' | 'documents'>): Changelogs {
  const { apiReleases, apiDocuments } = store.read
  const known = new Recent<Told>(MOST_KEPT)
  const running = new Map<string, Promise<Told | undefined>>()
  const documented = async (before: string | undefined, after: string | undefined): Promise<ApiChange[]> => {
    if (before === undefined || after === undefined || before === after) return []
    const [was, is] = await Promise.all([apiDocuments.get(before), apiDocuments.get(after)])
    return was === undefined || is === undefined ? [] : documents.compare(was, is)
  }
  const compared = async (find: FindRelease, number: number, last: number | undefined): Promise<Told | undefined> => {
    const [before, after] = await Promise.all([last === undefined ? undefined : find(last), find(number)])
    if (after === undefined) return undefined
    if (before === undefined) return told(after, [])
    const [was, is] = [before.definition, after.definition]
    return told(after, releaseChanges(calledOf(was), calledOf(is), await documented(was.document, is.document)))
  }
  const toldOf = async (api: string, number: number, last: number | undefined, find: FindRelease): Promise<Told | undefined> => {
    const name = `${api} ${last ?? 0} ${number}`
    const found = known.get(name)
    if (found !== undefined) return found
    // However many look at once: it is compared once.
    const comparing = running.get(name) ?? compared(find, number, last).finally(() => running.delete(name))
    running.set(name, comparing)
    const made = await comparing
    if (made !== undefined) known.set(name, made)
    return made
  }
  return async ({ name, release }) => {
    // What was only tried is no history of what callers had.
    const numbers = await apiReleases.everInForce(name, MOST_RELEASES + 1)
    const find = once((number) => apiReleases.get(name, number))
    const releases = await Promise.all(
      numbers.slice(0, MOST_RELEASES).map((number, index) => toldOf(name, number, numbers[index + 1], find)),
    )
    return releases.flatMap((one) => (one === undefined ? [] : [{ ...one, inForce: one.number === release }]))
  }
}

/** A release that is compared with both of its neighbours is read once. */
function once(find: FindRelease): FindRelease {
  const asked = new Map<number, ReturnType<FindRelease>>()
  return (number) => {
    const found = asked.get(number) ?? find(number)
    asked.set(number, found)
    return found
  }
}

/** Of a prompt its document says what callers notice. */
function calledOf(definition: ApiReleaseRow['definition']): Called {
  const { prefix, authentication } = definition
  return { prefix, routes: routesOf(definition), authentication }
}

function told({ number, note, publishedAt }: ApiReleaseRow, changes: ApiChange[]): Told {
  return {
    number,
    publishedAt: new Date(publishedAt).toISOString(),
    note,
    breaking: changes.some(({ breaking }) => breaking),
    changes: changes.slice(0, MOST_CHANGES),
    more: Math.max(0, changes.length - MOST_CHANGES),
  }
}
