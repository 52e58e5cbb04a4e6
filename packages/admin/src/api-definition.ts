import { PROXYING_MEMBERS, SERVICE_MEMBERS, type ApiEntry, type ApiProxying } from '@faregate/core'
import { flawsOf, type ApiFlaw } from '@faregate/lifecycle'
import type { Call, Context } from './call.ts'
import type { AdminDeps } from './deps.ts'
import type { AdminQueries } from './ports.ts'
import { presented } from './presentation.ts'
import { invalid, refuse } from './refusal.ts'
import { changedAuthentication } from './api-authentication.ts'
import { changedStaging, changedUpstream } from './api-upstream.ts'
import type { ApiRow, DraftDefinition, HttpDraft, KeptDefinition, UnreleasedApi } from './configuration-rows.ts'
import { kept } from './kept.ts'
import { changedModels } from './models-definition.ts'
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

/** The same for what need not be whole yet: a draft. What it is, a service, a prompt or models, it stays. */
export function changedDefinition(deps: AdminDeps, name: string, before: DraftDefinition | undefined, sent: Sent): DraftDefinition {
  const kind = before?.kind ?? kindOf(sent)
  refuseStrange(name, kind, sent)
  if (kind === 'prompt') return changedPrompt(deps, name, before?.kind === kind ? before : undefined, sent)
  if (kind === 'model') return changedModels(deps, name, before?.kind === kind ? before : undefined, sent)
  return changedService(deps, name, before?.kind === kind ? before : undefined, sent)
}

/** What says of a definition that it is something of this kind. */
const OWN_MEMBERS = {
  // Beside what the configuration file can say: staging, and what needs the document.
  http: [...SERVICE_MEMBERS, 'staging', 'validation', 'checks'],
  prompt: ['prompt'],
  model: ['models', 'policy'],
} as const satisfies Record<DraftDefinition['kind'], readonly (keyof Sent)[]>

type Kind = keyof typeof OWN_MEMBERS

const KIND_NAMES: Record<Kind, string> = { http: 'an HTTP service', prompt: 'a prompt', model: 'models' }

function kindOf(sent: Sent): Kind {
  if (sent.prompt !== undefined) return 'prompt'
  return OWN_MEMBERS.model.some((member) => sent[member] !== undefined) ? 'model' : 'http'
}

function refuseStrange(name: string, kind: Kind, sent: Sent): void {
  for (const other of Object.keys(OWN_MEMBERS) as Kind[]) {
    const strange = other === kind ? undefined : OWN_MEMBERS[other].find((member) => sent[member] !== undefined)
    if (strange !== undefined)
      invalid(`/${strange}`, `belongs to ${KIND_NAMES[other]}, and "${name}" is ${KIND_NAMES[kind]}: leave it out, or take another name`)
  }
}

function changedService(deps: AdminDeps, name: string, before: HttpDraft | undefined, sent: Sent): HttpDraft {
  const { prefix = before?.prefix ?? `/${name}`, routes = before?.routes ?? [] } = sent
  const { upstream, upstreams } = changedUpstream(deps, name, before ?? {}, sent)
  const authentication = changedAuthentication(deps, name, before?.authentication, sent.authentication)
  const staging = changedStaging(deps, name, before?.staging, sent.staging)
  return {
    kind: 'http',
    prefix,
    ...(upstream === undefined ? {} : { upstream }),
    ...(staging === undefined ? {} : { staging }),
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
  return definition.kind !== 'http' ? definition : { ...definition, upstream: definition.upstream ?? { baseUrl: '' } }
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
