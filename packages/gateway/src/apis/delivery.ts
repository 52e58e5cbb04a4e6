import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import type { Unsettled } from '../unsettled.ts'
import type { CachedCall } from './cache/cached-call.ts'
import type { AdmittedApi, ApiReservation } from './hold.ts'
import type { Meter } from './metering/meter.ts'
import type { Tunnels } from './web-socket/tunnel.ts'

/** What a call of an API works with. */
export interface ApiDelivery {
  deps: GatewayDeps
  unsettled: Unsettled
  flow: Flow
  target: AdmittedApi
  /** Absent: it is free. */
  reservation: ApiReservation | undefined
  /** What is open beside it. */
  tunnels: Tunnels
  /** Absent: it costs the same, whatever goes through it. */
  meter: Meter | undefined
  /** Absent: nothing is kept of its API. */
  cached: CachedCall | undefined
}
