import { ApiError, type Client } from '@faregate/contract'
import { everyItem } from '../lookup.ts'
import { KINDS } from './kinds/index.ts'
import { Names, type Kind, type KindName, type Known, type Reading, type Shown } from './kind.ts'
import { valueOf } from './regular.ts'

/** What is in force, as far as the token may see it. */
export interface InForce {
  names: Names
  known: ReadonlyMap<KindName, Known[]>
  /** Kinds that the token may not see. */
  unseen: Kind[]
}

/** Reads everything of these kinds that the token may see. */
export async function readInForce(client: Client, kinds: readonly Kind[] = KINDS): Promise<InForce> {
  const organizations = await ifAllowed(everyItem((cursor) => client.listOrganizations({ query: { limit: 500, ...cursor } })))
  const reading: Reading = { client, names: new Names(organizations ?? []) }
  const known = new Map<KindName, Known[]>()
  const unseen: Kind[] = []
  for (const kind of kinds) {
    const shown = await ifAllowed(kind.read(reading))
    if (shown === undefined) unseen.push(kind)
    else known.set(kind.name, told(kind, shown))
  }
  return { names: reading.names, known, unseen }
}

/** Those that can be told from each other by name; sorted, so that nothing depends on when something was made. */
function told(kind: Kind, shown: Shown[]): Known[] {
  return shown.map((one) => knownOf(kind, one)).toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1))
}

/** What is shown of something, in the form in which it is compared. */
export function knownOf(kind: Kind, { name, within, id, managedBy, value }: Shown): Known {
  const members = kind.name === 'settings' ? { ...value } : valueOf(kind, name, value)
  return { name, within, id, value: members, ...(managedBy === undefined ? {} : { managedBy }) }
}

function sortKey({ name, within }: Known): string {
  return `${within ?? ''}\u0000${name}`
}

/** Whether the folder may say what it is: not where the configuration file or the environment does. */
export function isManaged({ managedBy }: Known): boolean {
  return managedBy !== undefined && managedBy.source !== 'database'
}

async function ifAllowed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 403) return undefined
    throw error
  }
}
