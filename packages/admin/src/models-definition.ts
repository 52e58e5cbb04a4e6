import type { ModelsDefinition } from '@faregate/core'
import { madeDocument } from '@faregate/lifecycle'
import { hashOf } from './api-document.ts'
import type { Call } from './call.ts'
import { kept } from './kept.ts'
import { presented } from './presentation.ts'

type Sent = Call<'updateApi'>['body']

/** Published models changed by what was sent, with the document that follows from them. They need not be whole yet. */
export function changedModels(name: string, before: ModelsDefinition | undefined, sent: Sent): ModelsDefinition {
  const definition: ModelsDefinition = {
    kind: 'model',
    prefix: sent.prefix ?? before?.prefix ?? `/${name}`,
    models: sent.models ?? before?.models ?? {},
    ...kept('policy', before?.policy, sent.policy),
    ...kept('presentation', before?.presentation, presented(before?.presentation, sent.presentation)),
  }
  return { ...definition, document: hashOf(madeDocument(name, definition)) }
}
