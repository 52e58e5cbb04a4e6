import { apiSealName, withoutSlash, type ApiUpstream, type UpstreamSecret } from '@faregate/core'
import type { Call } from './call.ts'
import type { HttpDraft, SealedSecret, SealedStaging, SealedUpstream } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
import { lastFourOf } from './present/configuration.ts'
import { invalid } from './refusal.ts'

type Sent = Pick<Call<'updateApi'>['body'], 'upstream' | 'upstreams'>
type SentUpstream = NonNullable<Sent['upstream']>

interface Changed {
  upstream: SealedUpstream | undefined
  /** As it is to be, undefined: as it was, null: there is one alone. */
  upstreams: ApiUpstream[] | null | undefined
}

/**
 * What is behind an API, changed by what was sent. One base URL takes the place of several, and several that of one: the
 * first of them is told wherever one is.
 */
export function changedUpstream(
  deps: AdminDeps,
  api: string,
  before: Pick<HttpDraft, 'upstream' | 'upstreams'>,
  { upstream, upstreams }: Sent,
  stage?: 'staging',
): Changed {
  const several = upstreams?.map(({ baseUrl, ...more }) => ({ baseUrl: withoutSlash(baseUrl), ...more }))
  const one = upstream?.baseUrl === undefined ? undefined : withoutSlash(upstream.baseUrl)
  const baseUrl = one ?? several?.[0]?.baseUrl ?? before.upstream?.baseUrl
  const list = several ?? (one === undefined ? upstreams : null)
  const secrets = changedSecrets(deps, api, before.upstream, upstream, stage)
  if (baseUrl !== undefined) return { upstream: { baseUrl, ...secrets }, upstreams: list }
  if (Object.keys(secrets).length > 0)
    return invalid(`${pointerOf(stage)}/baseUrl`, 'is missing: say where the service is before its secrets')
  return { upstream: undefined, upstreams: list }
}

function changedSecrets(
  deps: AdminDeps,
  api: string,
  before: SealedUpstream | undefined,
  sent: SentUpstream = {},
  stage: 'staging' | undefined,
) {
  const header = changed(before?.header, sent.header, ({ name, value }) => ({ name, ...sealed('header', 'value', value, before?.header) }))
  const basic = changed(before?.basic, sent.basic, ({ user, secret }) => ({ user, ...sealed('basic', 'secret', secret, before?.basic) }))
  const oauth = changed(before?.oauth, sent.oauth, ({ clientSecret, ...client }) => ({
    ...client,
    ...sealed('oauth', 'clientSecret', clientSecret, before?.oauth),
  }))
  return { ...(header && { header }), ...(basic && { basic }), ...(oauth && { oauth }) }

  /** The secret is sealed as it comes; without one, what is there stays. */
  function sealed(kind: UpstreamSecret, member: string, secret: string | undefined, known: SealedSecret | undefined): SealedSecret {
    if (secret !== undefined) return { sealed: deps.seal(secret, apiSealName(api, kind, stage)), lastFour: lastFourOf(secret) }
    if (known === undefined) return invalid(`${pointerOf(stage)}/${kind}/${member}`, 'is missing: there is no secret yet')
    return { sealed: known.sealed, lastFour: known.lastFour }
  }
}

function pointerOf(stage: 'staging' | undefined): string {
  return stage === undefined ? '/upstream' : `/${stage}/upstream`
}

/** What is behind an API in staging, changed by what was sent; null takes it away. */
export function changedStaging(
  deps: AdminDeps,
  api: string,
  before: SealedStaging | undefined,
  sent: Call<'updateApi'>['body']['staging'],
): SealedStaging | undefined {
  if (sent === undefined) return before
  if (sent === null) return undefined
  const { upstream, upstreams = before?.upstreams } = changedUpstream(deps, api, before ?? {}, sent, 'staging')
  return { ...(upstream && { upstream }), ...(upstreams && { upstreams }) }
}

/** Absent: as it was; null: taken away. */
function changed<T, S>(before: T | undefined, sent: S | null | undefined, make: (sent: S) => T): T | undefined {
  if (sent === undefined) return before
  return sent === null ? undefined : make(sent)
}
