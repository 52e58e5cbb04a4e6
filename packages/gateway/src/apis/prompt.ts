import { waysOf } from '../callers/identify-caller.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { serveModelCall, type Shared } from '../model-call.ts'
import { isDocument, serveDocument } from './made-document.ts'
import type { PublishedPrompt } from './port.ts'
import { promptFacade } from './prompt-facade.ts'

/** A request as a call of a prompt. */
export function promptFlow(deps: Pick<GatewayDeps, 'settings'>, flow: Flow, prompt: PublishedPrompt): Flow {
  const { name, release } = prompt.entry
  const api = { name, route: null, release }
  return { ...flow, dialect: prompt.dialect, facade: promptFacade(prompt), ways: waysOf(deps, prompt), api }
}

/** A call of a prompt is one of its model, from the credential to the record; beside it there is what describes the prompt. */
export function servePrompt(shared: Shared, flow: Flow, prompt: PublishedPrompt, rest: string): Promise<void> {
  const described = isDocument(flow.inbound.method, rest)
  return described ? serveDocument(shared, flow, prompt) : serveModelCall(shared, flow, prompt.dialect)
}
