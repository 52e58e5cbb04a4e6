import type { Denial } from '@faregate/core'
import type { EndpointDialect } from '@faregate/wire'
import { lineOf } from './call/line.ts'
import type { Route } from './locate.ts'

/** The route with those of its deployments that serve such calls; a denial where none does. */
export function servable(route: Route, dialect: EndpointDialect): Route | Denial {
  const candidates = route.candidates.filter((candidate) => lineOf(dialect, candidate) !== undefined)
  if (candidates.length === route.candidates.length) return route
  return candidates.length === 0 ? notServed(route) : { ...route, candidates }
}

function notServed({ model, candidates }: Route): Denial {
  const kinds = [...new Set(candidates.map(({ vendor }) => vendor.title))].join(', ')
  return {
    code: 'request_invalid',
    detail: `The model "${model.name}" cannot be called here: what serves it (${kinds}) has no such endpoint. Send a model that does.`,
    pointer: '/model',
    fixes: [{ kind: 'change_request', action: 'use_model_of_endpoint', by: 'caller', canYou: true, pointer: '/model' }],
  }
}
