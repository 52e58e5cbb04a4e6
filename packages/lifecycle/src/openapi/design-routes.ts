import type { ApiRoute } from '@faregate/core'
import { shapeOf, type DesignedRoute } from './operations.ts'

/** What becomes of routes when a document is imported. */
export interface MergedRoutes {
  routes: ApiRoute[]
  added: DesignedRoute[]
  removed: DesignedRoute[]
}

/**
 * The routes of an API after a document is imported: those that it has keep what a call costs, new ones cost what is said for
 * all of them, or nothing is said yet; those that the document described before and does not now go. Routes that no document
 * described stay. What the document calls deprecated is so from `since` on (ISO 8601), where nothing is said of how it goes.
 */
export function mergedRoutes(
  known: readonly ApiRoute[],
  designed: readonly DesignedRoute[],
  gone: readonly DesignedRoute[],
  terms: Pick<ApiRoute, 'price' | 'free'>,
  since: string,
): MergedRoutes {
  const byShape = new Map(known.map((route) => [named(route), route]))
  const [left, described] = [new Set(gone.map(named)), new Set(designed.map(named))]
  const own = known.filter((route) => !left.has(named(route)) && !described.has(named(route)))
  return {
    routes: [
      ...designed.map(({ deprecated, ...route }) => {
        const going = deprecated === true ? { retirement: { state: 'deprecated' as const, since } } : {}
        return { ...going, ...(byShape.get(named(route)) ?? terms), ...route }
      }),
      ...own,
    ],
    added: designed.filter((route) => !byShape.has(named(route))),
    removed: gone.filter((route) => byShape.has(named(route))),
  }
}

function named({ method, path }: DesignedRoute | ApiRoute): string {
  return shapeOf(method, path)
}
