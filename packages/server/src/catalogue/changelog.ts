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
const MOST_KEPT = 500

export type Changelogs = (entry: ApiEntry) => Promise<LoggedRelease[]>

/** The changelogs of APIs, newest release first. Releases never change: what two of them differ in is found out once. */
export function createChangelogs({ store, documents }: Pick<AdminDeps, 'store' | 'documents'>): Changelogs {
  const known = new Recent<ApiChange[]>(MOST_KEPT)
  const running = new Map<string, Promise<ApiChange[]>>()
  const compared = async (before: ApiReleaseRow['definition'], after: ApiReleaseRow['definition']): Promise<ApiChange[]> =>
    releaseChanges(calledOf(before), calledOf(after), await documented(before.document, after.document))
  const documented = async (before: string | undefined, after: string | undefined): Promise<ApiChange[]> => {
    if (before === undefined || after === undefined || before === after) return []
    const { apiDocuments } = store.read
    const [was, is] = await Promise.all([apiDocuments.get(before), apiDocuments.get(after)])
    return was === undefined || is === undefined ? [] : documents.compare(was, is)
  }
  const changesOf = (before: ApiReleaseRow | undefined, after: ApiReleaseRow): Promise<ApiChange[]> => {
    const name = `${after.api} ${after.number}`
    const found = before === undefined ? [] : known.get(name)
    if (before === undefined || found !== undefined) return Promise.resolve(found ?? [])
    // However many look at once: it is compared once.
    const comparing = running.get(name) ?? compared(before.definition, after.definition).finally(() => running.delete(name))
    running.set(name, comparing)
    return comparing.then((changes) => {
      known.set(name, changes)
      return changes
    })
  }
  return async ({ name, release }) => {
    const rows = await store.read.apiReleases.list(name, MOST_RELEASES + 1)
    const shown = rows.slice(0, MOST_RELEASES)
    return Promise.all(shown.map(async (row, index) => logged(row, release, await changesOf(rows[index + 1], row))))
  }
}

/** Of a prompt its document says what callers notice. */
function calledOf(definition: ApiReleaseRow['definition']): Called {
  return { prefix: definition.prefix, routes: routesOf(definition) }
}

function logged({ number, note, publishedAt }: ApiReleaseRow, inForce: number | undefined, changes: ApiChange[]): LoggedRelease {
  return {
    number,
    inForce: number === inForce,
    publishedAt: new Date(publishedAt).toISOString(),
    note,
    breaking: changes.some(({ breaking }) => breaking),
    changes: changes.slice(0, MOST_CHANGES),
    more: Math.max(0, changes.length - MOST_CHANGES),
  }
}
