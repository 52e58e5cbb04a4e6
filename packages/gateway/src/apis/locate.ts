import type { Denial } from '@faregate/core'
import { priceMissing } from '../locate.ts'
import { requestInvalid } from '../request-invalid.ts'
import type { ApiTarget, PublishedApi } from './port.ts'

/** The route of a call below an API's prefix, priced or declared free. */
export function locateRoute({ entry, upstream, route }: PublishedApi, method: string, rest: string): ApiTarget | Denial {
  const found = route(method, rest)
  switch (found.kind) {
    case 'route':
      if (found.route.off) return switchedOff(entry.name, found.route.name)
      if (found.route.price === undefined) return unpriced(entry.name, found.route.name)
      return { api: entry, upstream, route: found.route, rest }
    case 'method':
      return {
        ...unknown(entry.name, `The path is right, but it takes ${found.allow.join(', ')}, not ${method}.`),
        allow: found.allow,
      }
    case 'nothing':
      return { ...unknown(entry.name, `The API "${entry.name}" has no route for this path.`), didYouMean: found.didYouMean }
    case 'unreadable':
      return requestInvalid('', `the path cannot be read in one way only: ${found.reason}`)
  }
}

/** Refuses what is not there below an API's prefix. */
export function unknown(api: string, detail: string): Denial {
  return {
    code: 'route_unknown',
    detail,
    scope: { level: 'api', id: api },
    didYouMean: [],
    fixes: [{ kind: 'change_request', action: 'correct_path', by: 'caller', canYou: true }],
  }
}

/** It is known, and nothing that the caller could write otherwise would be served. */
function switchedOff(api: string, route: string): Denial {
  return {
    ...unknown(api, `The route ${route} of the API "${api}" is switched off.`),
    fixes: [{ kind: 'configure', action: 'switch_route_on', by: 'operator', canYou: false }],
  }
}

/** Definitions without a price are refused where they are made; should one be there all the same, nothing is free by accident. */
function unpriced(api: string, route: string): Denial {
  return {
    ...priceMissing(api, `the route ${route} of the API ${api} has no price and is not declared free`),
    detail: `The route ${route} of the API "${api}" has no price, and nothing is served free by accident.`,
    scope: { level: 'api', id: api },
  }
}
