import { isSettableHeader, type ApiHeaders, type ApiProxying, type ApiRewrite } from '@faregate/core'
import type { ApiFlaw } from './flaw.ts'
import type { CheckedUpstream } from './upstream-flaws.ts'

type Checked = Pick<ApiProxying, 'health' | 'rewrite' | 'requestHeaders' | 'responseHeaders'>

/** What is wrong with how calls are changed on their way, and with how upstreams are looked after. */
export function proxyingFlaws(
  { health, rewrite, requestHeaders, responseHeaders }: Checked,
  upstream: CheckedUpstream | undefined,
): ApiFlaw[] {
  return [
    ...(health?.check === undefined ? [] : checkFlaws(health.check.path)),
    ...(rewrite === undefined ? [] : rewriteFlaws(rewrite)),
    ...headerFlaws('request', requestHeaders, upstream?.header?.name.toLowerCase()),
    ...headerFlaws('response', responseHeaders, undefined),
  ]
}

function checkFlaws(path: string): ApiFlaw[] {
  if (/^\/[\x21-\x22\x24-\x7e]*$/.test(path)) return []
  return [{ path: ['health', 'check', 'path'], problem: `\`${path}\` is no path`, fix: 'write one like /healthz, below the base URL' }]
}

/** Segments without anything that is read in more than one way. */
const PLAIN_PATH = /^\/$|^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/

function rewriteFlaws(rewrite: ApiRewrite): ApiFlaw[] {
  return (['from', 'to'] as const)
    .filter((member) => !PLAIN_PATH.test(rewrite[member]))
    .map((member) => ({
      path: ['rewrite', member],
      problem: `\`${rewrite[member]}\` is no beginning of a path`,
      fix: 'write whole segments like /v1, or / for none; letters, digits, dots, dashes',
    }))
}

/** Tabs and what is printable in ASCII. */
const HEADER_VALUE = /^[\t\x20-\x7e]*$/

function headerFlaws(direction: 'request' | 'response', headers: ApiHeaders | undefined, secret: string | undefined): ApiFlaw[] {
  const member = `${direction}Headers`
  const flaws: ApiFlaw[] = []
  const at = (path: (string | number)[], problem: string, fix: string) => flaws.push({ path: [member, ...path], problem, fix })
  for (const [name, value] of Object.entries(headers?.set ?? {})) {
    if (!isSettableHeader(direction, name)) at(['set', name], `\`${name}\` is not for a definition to set`, WHOSE[direction])
    else if (name.toLowerCase() === secret) at(['set', name], `\`${name}\` carries the secret`, 'set another header')
    else if (!HEADER_VALUE.test(value)) at(['set', name], 'is no value of a header', 'write one line of ASCII')
  }
  for (const [index, name] of (headers?.remove ?? []).entries()) {
    if (!isSettableHeader(direction, name)) at(['remove', index], `\`${name}\` is not for a definition to remove`, WHOSE[direction])
  }
  return flaws
}

const WHOSE = {
  request: "name a header of the call itself: credentials belong into `upstream`; framing and the gateway's own headers stay as they are",
  response: "name a header of the answer itself: framing, cookies and the gateway's own headers stay as they are",
} as const
