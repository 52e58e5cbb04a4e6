import { PROXYING_MEMBERS, type ApiEntry, type ApiProxying } from '@faregate/core'
import { flawsOf, type ApiFlaw } from '@faregate/lifecycle'
import type { Call, Context } from './call.ts'
import type { AdminDeps } from './deps.ts'
import type { AdminQueries } from './ports.ts'
import { presented } from './presentation.ts'
import { invalid, refuse } from './refusal.ts'
import { changedAuthentication } from './api-authentication.ts'
import { changedUpstream } from './api-upstream.ts'
import type { ApiRow, DraftDefinition, HttpDraft, KeptDefinition, UnreleasedApi } from './configuration-rows.ts'
import { kept } from './kept.ts'
import { changedPrompt } from './prompt-definition.ts'

type Sent = Call<'updateApi'>['body']

/** An API changed by what was sent: absent members stay, null takes one away. Refuses what cannot be served or charged. */
export function definedApi(deps: AdminDeps, before: ApiRow | Pick<ApiRow, 'name' | 'createdAt'>, sent: Sent): UnreleasedApi {
  const { name, createdAt } = before
  const known = 'kind' in before ? before : undefined
  const definition = changedDefinition(deps, name, known, sent)
  refuseFlaws(flawsOf(definition))
  const ofTheApi = {
    ...kept('retirement', known?.retirement, undefined),
    ...kept('listing', known?.listing, undefined),
    ...kept('organization', known?.organization, undefined),
  }
  return { ...wholeDefinition(definition), ...ofTheApi, name, createdAt }
}

/** The same for what need not be whole yet: a draft. What it is, a service or a prompt, it stays. */
export function changedDefinition(deps: AdminDeps, name: string, before: DraftDefinition | undefined, sent: Sent): DraftDefinition {
  if (before?.kind === 'prompt') return changedPrompt(deps, name, before, sent)
  if (sent.prompt === undefined) return changedService(deps, name, before, sent)
  if (before !== undefined) return invalid('/prompt', `"${name}" is an HTTP service: give the prompt another name`)
  return changedPrompt(deps, name, undefined, sent)
}

function changedService(deps: AdminDeps, name: string, before: HttpDraft | undefined, sent: Sent): HttpDraft {
  const { prefix = before?.prefix ?? `/${name}`, routes = before?.routes ?? [] } = sent
  const { upstream, upstreams } = changedUpstream(deps, name, before ?? {}, sent)
  const authentication = changedAuthentication(deps, name, before?.authentication, sent.authentication)
  return {
    kind: 'http',
    prefix,
    ...(upstream === undefined ? {} : { upstream }),
    routes,
    ...kept('timeouts', before?.timeouts, sent.timeouts),
    ...keptProxying(before ?? {}, { ...sent, upstreams, authentication }),
    ...kept('encodedSlashes', before?.encodedSlashes, sent.encodedSlashes),
    ...kept('document', before?.document, undefined),
    ...kept('validation', before?.validation, sent.validation),
    ...kept('checks', before?.checks, sent.checks),
    ...kept('presentation', before?.presentation, presented(before?.presentation, sent.presentation)),
  }
}

type Proxying = Pick<HttpDraft, keyof ApiProxying>
type SentProxying = { [Name in keyof Proxying]: Proxying[Name] | null }

function keptProxying(before: Proxying, sent: SentProxying): Proxying {
  return Object.assign({}, ...PROXYING_MEMBERS.map((name) => kept(name, before[name], sent[name]))) as Proxying
}

/** Refuses the call for the first flaw. */
export function refuseFlaws([flaw]: ApiFlaw[]): void {
  if (flaw !== undefined) invalid(`/${flaw.path.join('/')}`, `${flaw.problem}: ${flaw.fix}`)
}

/** A definition in which nothing is missing: its flaws were looked for before. */
export function wholeDefinition(definition: DraftDefinition): KeptDefinition {
  return definition.kind === 'prompt' ? definition : { ...definition, upstream: definition.upstream ?? { baseUrl: '' } }
}

/** Callers find an API by its prefix alone. */
export async function refuseSharedPrefix(
  { deps, credential }: Context,
  read: Pick<AdminQueries, 'apis'>,
  { name, prefix }: Pick<ApiRow, 'name' | 'prefix'>,
): Promise<void> {
  const elsewhere = [...deps.snapshot().apis.values()].filter(({ managedBy }) => managedBy.source !== 'database')
  const others = [...elsewhere, ...(await read.apis.list())].filter((one) => one.name !== name)
  const isOwn = ({ organization }: ApiEntry | ApiRow) => credential.organization === null || credential.organization === organization
  // The longest prefix takes a call: nobody publishes within what is another's.
  const within = (one: ApiEntry | ApiRow) => !isOwn(one) && prefix.startsWith(`${one.prefix}/`)
  const other = others.find((one) => one.prefix === prefix || within(one))
  if (other === undefined) return
  const own = isOwn(other)
  refuse({ code: 'conflict', detail: `The prefix "${prefix}" is ${own ? `that of the API "${other.name}"` : 'taken'}.` })
}
