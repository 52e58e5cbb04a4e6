import { apiSealName, withoutSlash, type ApiUpstream } from '@faregate/core'
import { identityFlaw } from '@faregate/lifecycle'
import { sealedSecret } from './api-secret.ts'
import type { Call } from './call.ts'
import type { HttpDraft, SealedStaging, SealedUpstream } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
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
  const sealed = (kind: 'header' | 'basic' | 'oauth', member: string, secret: string | undefined) =>
    sealedSecret(deps, apiSealName(api, kind, stage), `${pointerOf(stage)}/${kind}/${member}`, secret, before?.[kind])
  const header = changed(before?.header, sent.header, ({ name, value }) => ({ name, ...sealed('header', 'value', value) }))
  const basic = changed(before?.basic, sent.basic, ({ user, secret }) => ({ user, ...sealed('basic', 'secret', secret) }))
  const oauth = changed(before?.oauth, sent.oauth, ({ clientSecret, ...client }) => ({
    ...client,
    ...sealed('oauth', 'clientSecret', clientSecret),
  }))
  const mutualTls = changed(before?.mutualTls, sent.mutualTls, ({ certificate, key }) =>
    sealedIdentity(deps, apiSealName(api, 'mutualTls', stage), pointerOf(stage), { certificate, key }, before?.mutualTls),
  )
  const ca = changed(before?.ca, sent.ca, (authorities) => authorities)
  return {
    ...(header && { header }),
    ...(basic && { basic }),
    ...(oauth && { oauth }),
    ...(mutualTls && { mutualTls }),
    ...(ca && { ca }),
  }
}

function pointerOf(stage: 'staging' | undefined): string {
  return stage === undefined ? '/upstream' : `/${stage}/upstream`
}

/** A certificate with its key, sealed as it comes; without one, what is `known` stays. Refuses those that do not belong together. */
function sealedIdentity(
  deps: AdminDeps,
  name: string,
  pointer: string,
  { certificate, key }: { certificate: string; key: string | undefined },
  known: SealedUpstream['mutualTls'],
): NonNullable<SealedUpstream['mutualTls']> {
  if (key === undefined && known === undefined) return invalid(`${pointer}/mutualTls/key`, 'is missing: there is no key yet')
  const sealed = key === undefined ? (known?.sealed ?? '') : deps.seal(key, name)
  const flaw = identityFlaw(certificate, key ?? deps.unseal(sealed, name))
  return flaw === undefined ? { certificate, sealed } : invalid(`${pointer}/mutualTls/${flaw.member}`, `${flaw.problem}: ${flaw.fix}`)
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
