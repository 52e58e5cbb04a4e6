import { madeDocument } from '@faregate/lifecycle'
import { changedAuthentication } from './api-authentication.ts'
import { hashOf } from './api-document.ts'
import type { Call } from './call.ts'
import type { SealedModels } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
import { kept } from './kept.ts'
import { presented } from './presentation.ts'

type Sent = Call<'updateApi'>['body']

/** Published models changed by what was sent, with the document that follows from them. They need not be whole yet. */
export function changedModels(deps: AdminDeps, name: string, before: SealedModels | undefined, sent: Sent): SealedModels {
  const authentication = changedAuthentication(deps, name, before?.authentication, sent.authentication)
  const definition: SealedModels = {
    kind: 'model',
    prefix: sent.prefix ?? before?.prefix ?? `/${name}`,
    models: sent.models ?? before?.models ?? {},
    ...kept('policy', before?.policy, sent.policy),
    ...kept('authentication', before?.authentication, authentication),
    ...kept('presentation', before?.presentation, presented(before?.presentation, sent.presentation)),
  }
  return { ...definition, document: hashOf(madeDocument(name, definition)) }
}
