import { SERVICE_MEMBERS, type Prompt } from '@faregate/core'
import { promptDocument } from '@faregate/lifecycle'
import { changedAuthentication } from './api-authentication.ts'
import { hashOf } from './api-document.ts'
import type { Call } from './call.ts'
import type { DraftDefinition, SealedPrompt } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
import { kept } from './kept.ts'
import type { AdminTransaction } from './ports.ts'
import { presented } from './presentation.ts'
import { invalid } from './refusal.ts'

type Sent = Call<'updateApi'>['body']

/** What the management API alone can say of a service: it needs the document. */
const OF_SERVICES = [...SERVICE_MEMBERS, 'validation', 'checks'] as const

const NOTHING: Prompt = { model: '', user: '', variables: {} }

/** A prompt changed by what was sent, with the document that follows from it. It need not be whole yet. */
export function changedPrompt(deps: AdminDeps, name: string, before: SealedPrompt | undefined, sent: Sent): SealedPrompt {
  const strange = OF_SERVICES.find((member) => sent[member] !== undefined)
  if (strange !== undefined) return invalid(`/${strange}`, `belongs to an HTTP service, and "${name}" is a prompt: leave it out`)
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
  return { ...definition, document: hashOf(promptDocument(name, definition)) }
}

/** Keeps the document that follows from a prompt; an imported one is kept by whoever imports it. */
export async function keepPromptDocument(trx: AdminTransaction, name: string, definition: DraftDefinition): Promise<void> {
  if (definition.kind !== 'prompt') return
  const text = promptDocument(name, definition)
  await trx.putApiDocument(hashOf(text), text)
}
