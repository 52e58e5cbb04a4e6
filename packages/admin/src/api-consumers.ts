import type { Context } from './call.ts'

/** Who calls an API: a key, with the application and the organization that it belongs to. */
interface Consumer {
  organization: string | null
  application: string | null
  key: string | null
}

/**
 * A publisher sees which organizations call, and nothing of their inside: what their keys did is added up. The operator, and whoever
 * belongs to the organization, sees its keys.
 */
export function withoutInside<T extends Consumer>({ credential }: Context, consumers: readonly T[], add: (one: T, other: T) => T): T[] {
  if (credential.organization === null) return [...consumers]
  const seen = new Map<string, T>()
  for (const consumer of consumers) {
    const { organization, key } = consumer
    const own = organization === credential.organization
    const shown = own ? consumer : { ...consumer, application: null, key: null }
    const name = `${organization} ${own ? key : ''}`
    const before = seen.get(name)
    seen.set(name, before === undefined ? shown : add(before, shown))
  }
  return [...seen.values()]
}
