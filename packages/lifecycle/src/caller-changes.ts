import { createHash } from 'node:crypto'
import {
  DEFAULT_CLAIM,
  type ApiAuthentication,
  type CertificateTerms,
  type IntrospectionTerms,
  type JwtTerms,
  TOKEN_ALGORITHMS,
} from '@faregate/core'
import { added, changed, removed, type ApiChange } from './openapi/diff/change.ts'

const AT = 'who may call'

/** Something that callers notice of the ways in which they prove who they are: what is taken, or what is wanted beside. */
type Facts = Map<string, 'taken' | 'wanted'>

/**
 * In what two definitions differ for those who prove who they are: whoever was let in by what is not taken any more is outside, and
 * so is whoever lacks what is wanted since. What is taken as well breaks nobody.
 */
export function callerChanges(before: ApiAuthentication | undefined, after: ApiAuthentication | undefined): ApiChange[] {
  const [was, is] = [factsOf(before), factsOf(after)]
  const gone = [...was].flatMap(([what, kind]) => {
    if (is.has(what) || is.has(what.replace(FOR, ''))) return []
    return kind === 'taken' ? [removed(AT, what)] : [changed(AT, `${what} is not wanted any more`, false)]
  })
  const came = [...is].flatMap(([what, kind]) => {
    if (was.has(what)) return []
    return kind === 'taken' ? [added(AT, what)] : [changed(AT, `${what} is wanted`, true)]
  })
  return [...gone, ...came, ...algorithmChanges(before?.jwt, after?.jwt)]
}

/** What ends a fact that holds for a part of those for whom it could. */
const FOR = /, for "[^"]*"$/

function algorithmChanges(before: JwtTerms | undefined, after: JwtTerms | undefined): ApiChange[] {
  if (before === undefined || after === undefined) return []
  const was: readonly string[] = before.algorithms ?? TOKEN_ALGORITHMS
  const is: readonly string[] = after.algorithms ?? TOKEN_ALGORITHMS
  const gone = was.filter((one) => !is.includes(one))
  const came = is.filter((one) => !was.includes(one))
  return [
    ...(gone.length === 0 ? [] : [removed(AT, `tokens that are signed with ${gone.join(', ')}`)]),
    ...(came.length === 0 ? [] : [added(AT, `tokens that are signed with ${came.join(', ')}`)]),
  ]
}

function factsOf(authentication: ApiAuthentication = { key: {} }): Facts {
  const { key, basic, signature, oauth, jwt, introspection, mutualTls, public: open } = authentication
  const taken = [
    ...(key === undefined ? [] : ['a key', ...placesOf(key)]),
    ...(basic === undefined ? [] : ['Basic']),
    ...(signature === undefined ? [] : ['signed requests']),
    ...(oauth === undefined ? [] : ['access tokens of the gateway']),
    ...(jwt === undefined ? [] : tokensOf(jwt)),
    ...(introspection === undefined ? [] : askedAbout(introspection)),
    ...(mutualTls === undefined ? [] : certificatesOf(mutualTls)),
    ...(open === undefined ? [] : ['calls without a credential']),
  ]
  const wanted = (introspection?.scopes ?? []).map((scope) => `the scope "${scope}" of tokens`)
  return new Map([...taken.map((what) => [what, 'taken'] as const), ...wanted.map((what) => [what, 'wanted'] as const)])
}

function placesOf({ header, query }: NonNullable<ApiAuthentication['key']>): string[] {
  return [
    ...(header === undefined ? [] : [`a key in the header ${header.toLowerCase()}`]),
    ...(query === undefined ? [] : [`a key in the query as ${query}`]),
  ]
}

function tokensOf({ issuer, audience, claim = DEFAULT_CLAIM }: JwtTerms): string[] {
  return audience.map((one) => `tokens of "${issuer}" that name the caller as "${claim}", for "${one}"`)
}

function askedAbout({ issuer, audience, claim = DEFAULT_CLAIM }: IntrospectionTerms): string[] {
  const named = `tokens that "${issuer}" is asked about, which name the caller as "${claim}"`
  return audience === undefined ? [named] : audience.map((one) => `${named}, for "${one}"`)
}

function certificatesOf({ issuer, ca, name = 'subject' }: CertificateTerms): string[] {
  return ca.map((pem) => `certificates of "${issuer}" by their ${name}, signed by the authority ${thumbprint(pem)}`)
}

/** So much of it tells authorities apart. */
function thumbprint(pem: string): string {
  const [, body = ''] = /-----BEGIN CERTIFICATE-----([^-]*)/.exec(pem) ?? []
  return createHash('sha256').update(Buffer.from(body, 'base64')).digest('hex').slice(0, 16)
}
