import { formatAmount, isDenial, newId, type Denial } from '@faregate/core'
import { corsHeaders } from './answer-headers.ts'
import { serveApi } from './apis/call.ts'
import { releaseFor } from './apis/canary.ts'
import { isDocument } from './apis/made-document.ts'
import { MOCK_PREFIX, serveMock } from './apis/mock.ts'
import { modelsFlow, serveModelsApi } from './apis/models.ts'
import type { Published, PublishedModels, PublishedPrompt } from './apis/port.ts'
import { promptFlow, servePrompt } from './apis/prompt.ts'
import { Tunnels } from './apis/web-socket/tunnel.ts'
import { Parking } from './call/parking.ts'
import { retryBudgets } from './call/retry-budget.ts'
import { serveModelCall, type Shared } from './model-call.ts'
import { vouched, waysOf } from './callers/identify-caller.ts'
import type { GatewayDeps } from './deps.ts'
import type { Inbound, Outbound } from './edge.ts'
import { serveCount } from './count-tokens.ts'
import { serveExplain } from './explain.ts'
import { finish } from './finish.ts'
import { newFlow, type Flow } from './flow.ts'
import { routeUnknown } from './hints.ts'
import { checkKeyState, identify } from './identify.ts'
import { serveKeyInfo } from './key-info.ts'
import { serveLimitRequest, serveNewLimitRequest } from './limit-requests.ts'
import { Locator } from './locate.ts'
import { isModelList } from './models/routes.ts'
import { serveModels } from './models/serve.ts'
import { refuse } from './refuse.ts'
import { LIMIT_REQUESTS } from './request-limit.ts'
import { release } from './settle.ts'
import { isFree } from './surfaces.ts'
import { Unsettled } from './unsettled.ts'

/** The data plane. Every method answers by itself and never rejects. */
export interface Gateway {
  /** Serves one request, by method and path; what is not served is refused with a hint. */
  handle(inbound: Inbound, outbound: Outbound): Promise<void>
  /** Answers a request that the HTTP server refused before it was whole. */
  refuse(inbound: Inbound, outbound: Outbound, denial: Denial): Promise<void>
  /** What is published there. Bodies for an HTTP service are not collected: what is called goes on as it comes. */
  publishes(path: string): Published['value']['kind'] | undefined
  /** Answers a CORS preflight. */
  preflight(inbound: Inbound, outbound: Outbound): Promise<void>
  newRequestId(): string
  /** Why the credential of a request cannot be used, for a look before a large body is read; undefined: it can. */
  vouch(inbound: Inbound): Promise<Denial | undefined>
  /** Tells callers and upstreams of all WebSockets that the process stops, and ends them. */
  goAway(): void
  /** Settles that the database has not confirmed yet. */
  readonly unsettled: number
}

type Handler = (shared: Shared, flow: Flow) => Promise<void>

const HANDLERS: Record<string, Handler | undefined> = {
  'POST /v1/explain': serveExplain,
  'GET /v1/key': serveKeyInfo,
  [`POST ${LIMIT_REQUESTS}`]: serveNewLimitRequest,
}

/** Builds the data plane from what the composition root hands in. */
export function createGateway(deps: GatewayDeps): Gateway {
  const shared: Shared = {
    deps,
    locator: new Locator(deps),
    resilience: { parking: new Parking(), budgetOf: retryBudgets() },
    unsettled: new Unsettled(deps.ledger, deps.log),
    tunnels: new Tunnels(),
  }
  return {
    handle: (inbound, outbound) => serve(shared, newFlow(inbound, outbound, deps.clock.now())),
    refuse: (inbound, outbound, denial) =>
      guarded(shared, newFlow(inbound, outbound, deps.clock.now()), (_shared, flow) => {
        flow.step = denial.code.startsWith('request_') ? 'request' : 'credential'
        return refuse(deps, flow, denial)
      }),
    preflight: (inbound, outbound) => preflight(deps, inbound, outbound),
    publishes: (path) => deps.apis.find(path)?.value.kind,
    newRequestId: () => newId('req', deps.clock.now(), deps.random),
    vouch: (inbound) => vouch(deps, inbound),
    goAway: () => shared.tunnels.goAway(),
    get unsettled() {
      return shared.unsettled.size
    },
  }
}

async function vouch(deps: GatewayDeps, inbound: Inbound): Promise<Denial | undefined> {
  const published = deps.apis.find(inbound.path)
  const ways = published && waysOf(deps, published.value)
  if (ways !== undefined) return vouched(inbound, deps.clock.now(), ways)
  const key = await identify(deps, inbound)
  return isDenial(key) ? key : checkKeyState(key, deps.clock.now())
}

function serve(shared: Shared, flow: Flow): Promise<void> {
  const { dialect, inbound } = flow
  const published = dialect === undefined ? shared.deps.apis.find(inbound.path) : undefined
  if (published !== undefined) return servePublished(shared, flow, published)
  if (dialect === undefined || inbound.method !== 'POST') return guarded(shared, flow, handlerFor(inbound))
  return guarded(shared, flow, () => (isFree(dialect) ? serveCount(shared, flow, dialect) : serveModelCall(shared, flow, dialect)))
}

function servePublished(shared: Shared, flow: Flow, { value, rest }: Published): Promise<void> {
  if (value.kind === 'http') return guarded(shared, flow, () => serveApi(shared, flow, { value, rest }))
  return guarded(shared, flow, () => serveModelled(shared, flow, value, rest))
}

/** Which release serves a call has to be known before it is read. */
async function serveModelled(shared: Shared, flow: Flow, inForce: PublishedPrompt | PublishedModels, rest: string): Promise<void> {
  const { inbound } = flow
  // Some clients of models send their key in the query; of a prompt none is looked for there.
  const shown = inForce.kind === 'model' ? inbound : { ...inbound, query: '' }
  const value = isDocument(inbound.method, rest) ? inForce : await releaseFor(shared.deps, inForce, shown)
  if (value.kind === 'model') {
    const called = modelsFlow(shared.deps, flow, value, rest)
    return guarded(shared, called, () => serveModelsApi(shared, called, value, rest))
  }
  const asked = promptFlow(shared.deps, flow, value)
  return guarded(shared, asked, () => servePrompt(shared, asked, value, rest))
}

function handlerFor({ method, path }: Inbound): Handler {
  // The head of a GET is answered as its GET; the HTTP server leaves the body out (RFC 9110, 9.3.2).
  const asked = method === 'HEAD' ? 'GET' : method
  if (path.startsWith(MOCK_PREFIX)) return serveMock
  const handler = HANDLERS[`${asked} ${path}`]
  if (handler !== undefined) return handler
  if (isModelList(method, path)) return serveModels
  if (asked === 'GET' && path.startsWith(`${LIMIT_REQUESTS}/`)) return serveLimitRequest
  return ({ deps }, flow) => refuse(deps, flow, routeUnknown(deps.settings.publicUrl(), method, path))
}

/** A mistake of ours ends the one request that met it: in an honest error, with nothing charged or held. */
async function guarded(shared: Shared, flow: Flow, handler: Handler): Promise<void> {
  try {
    await handler(shared, flow)
  } catch (error) {
    const { deps } = shared
    deps.log.error(
      { request: flow.id, error: error instanceof Error ? error.stack : String(error) },
      'a request met a mistake in the gateway',
    )
    try {
      const { reservation } = flow
      if (reservation !== undefined) await release({ deps, unsettled: shared.unsettled, flow, reservation })
      await refuse(deps, flow, {
        code: 'gateway_misconfigured',
        detail: 'The gateway met a mistake of its own.',
        operatorDetail: String(error),
        ...(flow.cost > 0n ? { charged: formatAmount(flow.cost) } : {}),
      })
    } catch {
      flow.outbound.destroy()
      finish(deps, flow, { outcome: 'failed', status: 500, delivery: 'unconfirmed' })
    }
  }
}

async function preflight({ settings }: GatewayDeps, inbound: Inbound, outbound: Outbound): Promise<void> {
  const { origin, 'access-control-request-headers': requested } = inbound.headers
  outbound.head(204, {
    'x-request-id': inbound.id,
    ...(typeof origin === 'string' ? corsHeaders(settings.corsOrigins, origin) : {}),
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': typeof requested === 'string' ? requested : '*',
    'access-control-max-age': '86400',
  })
  await outbound.end()
}
