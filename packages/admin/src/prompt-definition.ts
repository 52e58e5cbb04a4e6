import type { Prompt } from '@faregate/core'
import { madeDocument } from '@faregate/lifecycle'
import { changedAuthentication } from './api-authentication.ts'
import { hashOf } from './api-document.ts'
import type { Call } from './call.ts'
import type { SealedPrompt } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
import { kept } from './kept.ts'
import { presented } from './presentation.ts'

type Sent = Call<'updateApi'>['body']

const NOTHING: Prompt = { model: '', user: '', variables: {} }

/** A prompt changed by what was sent, with the document that follows from it. It need not be whole yet. */
export function changedPrompt(deps: AdminDeps, name: string, before: SealedPrompt | undefined, sent: Sent): SealedPrompt {
  const { prefix = before?.prefix ?? `/${name}`, prompt = {} } = sent
  const known = before?.prompt ?? NOTHING
  const authentication = changedAuthentication(deps, name, before?.authentication, sent.authentication)
  const definition: SealedPrompt = {
    kind: 'prompt',
    prefix,
    prompt: {
      model: prompt.model ?? known.model,
      ...kept('system', known.system, prompt.system),
      user: prompt.user ?? known.user,
      variables: prompt.variables ?? known.variables,
      ...kept('output', known.output, prompt.output),
      ...kept('maxTokens', known.maxTokens, prompt.maxTokens),
      ...kept('temperature', known.temperature, prompt.temperature),
    },
    ...kept('authentication', before?.authentication, authentication),
    ...kept('presentation', before?.presentation, presented(before?.presentation, sent.presentation)),
  }
  return { ...definition, document: hashOf(madeDocument(name, definition)) }
}
