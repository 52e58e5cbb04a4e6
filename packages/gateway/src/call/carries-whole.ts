import type { EndpointDialect, ModelRequest } from '@faregate/wire'
import type { Route } from '../locate.ts'
import { lineOf } from './line.ts'
import { lostTo } from './prepare.ts'

/** Whether every deployment of a model can be told all of a request; one that would have to be fetched for counts as one that cannot. */
export function carriesWhole(route: Route, request: ModelRequest, dialect: EndpointDialect): boolean {
  return route.candidates.every((candidate) => {
    const line = lineOf(dialect, candidate)
    if (line === undefined) return false
    if (line.translation === undefined) return true
    if (line.translation.kind !== 'conversation') return false
    const decoded = request.decode()
    return decoded.ok && lostTo(line.translation.upstream, candidate, route.model, decoded.conversation, request).length === 0
  })
}
