import { formatAmount, isDenial } from '@faregate/core'
import { sharedHeaders } from '../answer-headers.ts'
import { authorizeApi, authorizeStage } from '../authorize.ts'
import type { Inbound } from '../edge.ts'
import { finish } from '../finish.ts'
import type { Flow } from '../flow.ts'
import { permitted, serveModelCall, type Shared } from '../model-call.ts'
import { refuse } from '../refuse.ts'
import { retiredApi } from '../retirement.ts'
import type { PublishedPrompt } from './port.ts'
import { promptFacade } from './prompt-facade.ts'

/** Where a prompt describes itself, below its prefix. */
const DOCUMENT = '/openapi.json'

/** A request as a call of a prompt. */
export function promptFlow(flow: Flow, prompt: PublishedPrompt): Flow {
  const { name, release } = prompt.entry
  return { ...flow, dialect: prompt.dialect, facade: promptFacade(prompt), api: { name, route: null, release } }
}

/** A call of a prompt is one of its model, from the credential to the record; beside it there is what describes the prompt. */
export function servePrompt(shared: Shared, flow: Flow, prompt: PublishedPrompt, rest: string): Promise<void> {
  return isDocument(flow.inbound, rest) ? serveDocument(shared, flow, prompt) : serveModelCall(shared, flow, prompt.dialect)
}

/** Whether a request asks for what describes the prompt. `rest`: its path below the prefix. */
export function isDocument({ method }: Pick<Inbound, 'method'>, rest: string): boolean {
  return rest === DOCUMENT && (method === 'GET' || method === 'HEAD')
}

/** To whoever may call the prompt, at no charge. */
async function serveDocument(shared: Shared, flow: Flow, { entry, document }: PublishedPrompt): Promise<void> {
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
