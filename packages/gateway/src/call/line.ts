import { upstreamDialect, type Dialect, type ModelRequest, type UpstreamDialect } from '@faregate/wire'
import type { Candidate } from '../locate.ts'

/** In which words a caller and a deployment talk to each other. */
export interface Line {
  /** What the caller speaks. */
  caller: Dialect
  /** What the deployment speaks. */
  upstream: UpstreamDialect
  /** They are not the same: everything goes through the neutral form. */
  translated: boolean
}

/** The line between a request and a deployment: its own words where the deployment knows them, else a translation. */
export function lineOf(caller: Dialect, request: ModelRequest, { vendor, deployment }: Candidate): Line {
  const dialects = vendor.dialectsOf?.(deployment.model) ?? vendor.dialects
  if (dialects.includes(request.dialect)) return { caller, upstream: caller, translated: false }
  const [preferred] = dialects
  if (preferred === undefined) throw new Error(`the vendor ${vendor.kind} speaks no dialect`)
  return { caller, upstream: upstreamDialect(preferred), translated: true }
}
