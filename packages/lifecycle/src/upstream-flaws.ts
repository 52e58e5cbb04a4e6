import { carriesSecret, type ApiUpstream } from '@faregate/core'
import { authorityFlaws, identityFlaw } from './certificate-flaws.ts'
import type { ApiFlaw } from './flaw.ts'

/** What is behind an API, as far as it can be judged; secrets are none of it. */
export interface CheckedUpstream {
  baseUrl?: string | undefined
  header?: { name: string } | undefined
  basic?: { user: string } | undefined
  oauth?: { tokenUrl: string } | undefined
  /** The key is there where it is clear text: in the configuration file. */
  mutualTls?: { certificate: string; key?: string | undefined } | undefined
  ca?: readonly string[] | undefined
}

/** What is wrong with where the service of an API is, and with how it is authenticated there. */
export function upstreamFlaws(upstream: CheckedUpstream | undefined, upstreams: readonly ApiUpstream[] | undefined): ApiFlaw[] {
  const one = upstream?.baseUrl
  if (one === undefined && upstreams === undefined) return [NO_UPSTREAM, ...secretFlaws(upstream)]
  const single = one === undefined ? [] : addressFlaws(['upstream', 'baseUrl'], one)
  return [...single, ...listFlaws(one, upstreams), ...secretFlaws(upstream)]
}

/** Where the service of an API is. */
export interface CheckedPlaces {
  upstream?: CheckedUpstream | undefined
  upstreams?: readonly ApiUpstream[] | undefined
}

/** What is wrong with where it is in staging: what is behind production is nowhere else. */
export function stagingFlaws({ staging, ...production }: CheckedPlaces & { staging?: CheckedPlaces | undefined }): ApiFlaw[] {
  if (staging === undefined) return []
  const own = [...upstreamFlaws(staging.upstream, staging.upstreams), ...connectionFlaws(staging.upstream, undefined, urlsOf(staging))]
  const taken = new Set(urlsOf(production))
  const both = urlsOf(staging).find((url) => taken.has(url))
  const shared: ApiFlaw[] =
    both === undefined
      ? []
      : [
          {
            path: ['upstream'],
            problem: `\`${both}\` is what is behind it in production`,
            fix: 'name another place, or take `staging` away',
          },
        ]
  return [...own, ...shared].map((flaw) => ({ ...flaw, path: ['staging', ...flaw.path] }))
}

/** Every address of a service in one stage. */
export function urlsOf({ upstream, upstreams }: CheckedPlaces): string[] {
  return upstreams?.map(({ baseUrl }) => baseUrl) ?? (upstream?.baseUrl === undefined ? [] : [upstream.baseUrl])
}

const NO_UPSTREAM: ApiFlaw = {
  path: ['upstream'],
  problem: 'is missing: nothing is behind the API',
  fix: 'set `upstream.baseUrl` to where the service is, or `upstreams` where there are several',
  missing: true,
}

function addressFlaws(path: ApiFlaw['path'], text: string): ApiFlaw[] {
  return isPlainUrl(text) && URL.parse(text)?.search === ''
    ? []
    : [
        {
          path,
          problem: 'is no address of an upstream',
          fix: 'write an http or https URL without user, password, query and fragment; a secret belongs into `upstream`',
        },
      ]
}

/** An address without user, password and fragment. */
export function isPlainUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === ''
}

function listFlaws(one: string | undefined, upstreams: readonly ApiUpstream[] | undefined): ApiFlaw[] {
  if (upstreams === undefined) return []
  const urls = upstreams.map(({ baseUrl }) => baseUrl)
  const flaws = urls.flatMap((url, index) => addressFlaws(['upstreams', index, 'baseUrl'], url))
  const twice = urls.findIndex((url, index) => urls.indexOf(url) !== index)
  if (twice !== -1)
    flaws.push({
      path: ['upstreams', twice, 'baseUrl'],
      problem: `\`${urls[twice] ?? ''}\` is there twice`,
      fix: 'keep one of them, with the weight of both',
    })
  if (one !== undefined && one !== urls[0])
    flaws.push({ path: ['upstreams'], problem: 'is given beside `upstream.baseUrl`', fix: 'keep one of them' })
  return flaws
}

function secretFlaws({ header, basic, oauth }: CheckedUpstream = {}): ApiFlaw[] {
  const flaws: ApiFlaw[] = []
  const at = (path: string[], problem: string, fix: string) => flaws.push({ path: ['upstream', ...path], problem, fix })
  if (header !== undefined && !carriesSecret(header.name))
    at(
      ['header', 'name'],
      `\`${header.name}\` cannot carry a secret`,
      'name a header that the upstream reads, like authorization or x-api-key',
    )
  if (basic !== undefined && oauth !== undefined)
    at(['oauth'], 'is given beside `basic`: both take the header `Authorization`', 'keep one of them')
  const takes = basic === undefined ? oauth && 'oauth' : 'basic'
  if (takes !== undefined && header?.name.toLowerCase() === 'authorization')
    at(['header', 'name'], `\`authorization\` is what \`${takes}\` takes`, 'name another header, or take one of them away')
  if (basic !== undefined && !/^[^:\u0000-\u001f\u007f]+$/.test(basic.user))
    at(['basic', 'user'], 'is no user name: it is empty, or holds a colon or control characters', 'write the name without them')
  if (oauth !== undefined && !isPlainUrl(oauth.tokenUrl))
    at(['oauth', 'tokenUrl'], 'is no address', 'write an http or https URL without user, password and fragment')
  return flaws
}

/** What is wrong with how connections to upstreams are made. All of it is of TLS: without, it would change nothing. */
export function connectionFlaws({ ca, mutualTls }: CheckedUpstream = {}, http2: boolean | undefined, urls: readonly string[]): ApiFlaw[] {
  const wanted: ApiFlaw['path'][] = [
    ...(ca === undefined ? [] : [['upstream', 'ca']]),
    ...(mutualTls === undefined ? [] : [['upstream', 'mutualTls']]),
    ...(http2 === true ? [['http2']] : []),
  ]
  const plain = urls.some((url) => url.startsWith('http:'))
  const flaw = mutualTls?.key === undefined ? undefined : identityFlaw(mutualTls.certificate, mutualTls.key)
  return [
    ...(plain
      ? wanted.map((path) => ({ path, problem: 'is of TLS, and an upstream has none', fix: 'call every upstream with https' }))
      : []),
    ...authorityFlaws(['upstream', 'ca'], ca),
    ...(flaw === undefined ? [] : [{ path: ['upstream', 'mutualTls', flaw.member], problem: flaw.problem, fix: flaw.fix }]),
  ]
}
