import { mergeVary, sharedHeaders, withNotices } from '../answer-headers.ts'
import type { ApiDelivery } from './delivery.ts'
import { callerHeaders } from './forward.ts'
import { routeDeprecation } from './route-retirement.ts'

type Headers = Record<string, string | string[] | undefined>

/** The head of an answer, as its caller gets it. `cost`: undefined, it is not known yet. */
export function answerHeaders(
  { deps, flow, target, cached }: ApiDelivery,
  headers: Headers,
  cost: string | undefined,
): Record<string, string> {
  const sent = callerHeaders(headers, target.upstream.response)
  const told = cached === undefined ? {} : { 'cache-status': cached.told(sent['cache-status']) }
  const notices = withNotices(flow, routeDeprecation(deps, target, sent['link']))
  return {
    ...sent,
    ...notices,
    ...mergeVary(sent['vary'], sharedHeaders(deps, flow)),
    ...told,
    ...(cost === undefined ? {} : { 'faregate-cost': cost }),
  }
}
