import type { Denial } from '@faregate/core'
import { priceMissing } from '../locate.ts'
import { requestInvalid } from '../request-invalid.ts'
import type { ApiTarget, PublishedApi } from './port.ts'
import { suppliedHeaders } from './upstreams/compiled.ts'

/** The route of a call below an API's prefix, priced or declared free. */
export function locateRoute(published: PublishedApi, method: string, rest: string): ApiTarget | Denial {
  const { entry, upstream, route } = published
  const found = route(method, rest)
  switch (found.kind) {
    case 'route':
      if (found.route.off) return switchedOff(entry.name, found.route.name)
      if (found.route.price === undefined) return unpriced(entry.name, found.route.name)
      return compared({ api: entry, upstream, route: found.route, rest }, published, method)
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

/** The call, with what it is compared with. What is to be enforced and cannot be compared is refused. */
function compared(target: ApiTarget, { entry, contract }: PublishedApi, method: string): ApiTarget | Denial {
  if (contract === undefined) return target
  const { request = 'off', response = 'off' } = entry.validation ?? {}
  if (contract === 'unavailable') return request === 'enforce' || response === 'enforce' ? incomparable(entry.name) : target
  const operation = contract.operation(method, target.rest)
  if (operation === undefined) return target
  return { ...target, checks: { request, response, operation, supplied: suppliedHeaders(target.upstream) } }
}

function incomparable(api: string): Denial {
  return {
    code: 'gateway_misconfigured',
    detail: `Calls of the API "${api}" are to be compared with its document, and cannot be.`,
    operatorDetail: `${api}: no validators could be made of its document`,
    scope: { level: 'api', id: api },
    fixes: [{ kind: 'configure', action: 'mend_answer_or_document', by: 'publisher', canYou: false }],
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
