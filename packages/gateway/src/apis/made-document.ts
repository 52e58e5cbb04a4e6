import { formatAmount, isDenial } from '@faregate/core'
import { sharedHeaders } from '../answer-headers.ts'
import { authorizeApi, authorizeStage } from '../authorize.ts'
import { finish } from '../finish.ts'
import type { Flow } from '../flow.ts'
import { permitted, type Shared } from '../model-call.ts'
import { refuse } from '../refuse.ts'
import { retiredApi } from '../retirement.ts'
import type { PublishedModels, PublishedPrompt } from './port.ts'

/** Where what is made of models describes itself, below its prefix. */
const DOCUMENT = '/openapi.json'

export function isDocument(method: string, rest: string): boolean {
  return rest === DOCUMENT && (method === 'GET' || method === 'HEAD')
}

/** To whoever may call the API, at no charge. */
export async function serveDocument(shared: Shared, flow: Flow, { entry, document }: PublishedPrompt | PublishedModels): Promise<void> {
  const { deps } = shared
  const key = await permitted(shared, flow, 'apis')
  if (isDenial(key)) return refuse(deps, flow, key)
  const refused = authorizeApi(key, entry.name) ?? retiredApi(deps, entry) ?? authorizeStage(key, entry, deps.settings.publicUrl())
  if (refused !== undefined) return refuse(deps, flow, refused)
  flow.api = { name: entry.name, route: `GET ${DOCUMENT}`, release: entry.release }
  const body = Buffer.from(document())
  flow.outbound.head(200, {
    ...sharedHeaders(deps, flow),
    'content-type': 'application/json',
    'content-length': String(body.length),
    'faregate-cost': formatAmount(0n),
  })
  const delivered = await flow.outbound.end(body)
  finish(deps, flow, { outcome: 'served', status: 200, delivery: delivered ? 'confirmed' : 'unconfirmed' })
}
