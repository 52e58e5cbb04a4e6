import { formatAmount, isDenial } from '@faregate/core'
import { sharedHeaders } from '../answer-headers.ts'
import { authorizeApi } from '../authorize.ts'
import { waysOf } from '../callers/identify-caller.ts'
import type { GatewayDeps } from '../deps.ts'
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
export function promptFlow(deps: Pick<GatewayDeps, 'settings'>, flow: Flow, prompt: PublishedPrompt): Flow {
  const { name, release } = prompt.entry
  const api = { name, route: null, release }
  return { ...flow, dialect: prompt.dialect, facade: promptFacade(prompt), ways: waysOf(deps, prompt), api }
}

/** A call of a prompt is one of its model, from the credential to the record; beside it there is what describes the prompt. */
export function servePrompt(shared: Shared, flow: Flow, prompt: PublishedPrompt, rest: string): Promise<void> {
  const { method } = flow.inbound
  const described = rest === DOCUMENT && (method === 'GET' || method === 'HEAD')
  return described ? serveDocument(shared, flow, prompt) : serveModelCall(shared, flow, prompt.dialect)
}

/** To whoever may call the prompt, at no charge. */
async function serveDocument(shared: Shared, flow: Flow, { entry, document }: PublishedPrompt): Promise<void> {
  const { deps } = shared
  const key = await permitted(shared, flow, 'apis')
  if (isDenial(key)) return refuse(deps, flow, key)
  const refused = authorizeApi(key, entry.name) ?? retiredApi(deps, entry)
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
