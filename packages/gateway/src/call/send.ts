import type { Vendor } from '@faregate/wire'
import type { GatewayDeps } from '../deps.ts'
import type { UpstreamCall, CollectedRequest, UpstreamSink } from '../edge.ts'
import { playInProcess } from '../upstream/in-process.ts'

/** Sends a prepared request: over the network, or to a vendor that lives in this process. */
export function send(deps: GatewayDeps, vendor: Vendor, request: CollectedRequest, sink: UpstreamSink): UpstreamCall {
  if (vendor.answer === undefined) return deps.upstream.send(request, sink)
  const answer = vendor.answer.bind(vendor)
  return playInProcess((signal) => answer(request.body, { signal }), sink)
}
