import { createPublicKey } from 'node:crypto'
import { carriesSecret, isSettableHeader, type ApiAuthentication, type ApiIdentity, type JwtTerms } from '@faregate/core'
import { authorityFlaws } from './certificate-flaws.ts'
import type { ApiFlaw } from './flaw.ts'
import { isPlainUrl } from './upstream-flaws.ts'

/** What is wrong with how callers prove who they are. */
export function authenticationFlaws(authentication: ApiAuthentication | undefined): ApiFlaw[] {
  if (authentication === undefined) return []
  const flaws: ApiFlaw[] = []
  const at = (path: string[], problem: string, fix: string) => flaws.push({ path: ['authentication', ...path], problem, fix })
  const { key } = authentication
  if (Object.values(authentication).every((way) => way === undefined))
    at([], 'names no way: nobody could call', 'name one, like `key: {}`, or leave it out')
  if (key?.header !== undefined && (!carriesSecret(key.header) || key.header.toLowerCase() === 'cookie'))
    at(['key', 'header'], `\`${key.header}\` cannot carry a key`, 'name a header of the call itself, like x-shop-key')
  if (key?.query !== undefined && !/^[A-Za-z0-9._~-]+$/.test(key.query))
    at(['key', 'query'], `\`${key.query}\` is no name of a parameter`, 'write letters, digits, dots, dashes')
  if (key?.subprotocol !== undefined && !/^[A-Za-z0-9!#$%&'*+^_`|~-]+$/.test(key.subprotocol))
    at(['key', 'subprotocol'], `\`${key.subprotocol}\` is no name of a protocol`, 'write letters, digits and dashes, without a dot')
  if (authentication.jwt !== undefined) flaws.push(...jwtFlaws(authentication.jwt))
  if (authentication.introspection !== undefined && !isPlainUrl(authentication.introspection.url))
    at(['introspection', 'url'], 'is no address', 'write an http or https URL without user, password and fragment')
  return [...flaws, ...authorityFlaws(['authentication', 'mutualTls', 'ca'], authentication.mutualTls?.ca)]
}

function ofJwt(path: (string | number)[], problem: string, fix: string): ApiFlaw {
  return { path: ['authentication', 'jwt', ...path], problem, fix }
}

function jwtFlaws({ jwksUrl, publicKeys }: JwtTerms): ApiFlaw[] {
  if (jwksUrl === undefined && publicKeys === undefined)
    return [ofJwt([], 'has no keys: no token could be checked', 'set `jwksUrl` to where the issuer publishes them, or `publicKeys`')]
  if (jwksUrl !== undefined && publicKeys !== undefined) return [ofJwt(['publicKeys'], 'is given beside `jwksUrl`', 'keep one of them')]
  if (jwksUrl !== undefined && !isPlainUrl(jwksUrl))
    return [ofJwt(['jwksUrl'], 'is no address', 'write an http or https URL without user, password and fragment')]
  return (publicKeys ?? []).flatMap((text, index) =>
    isPublicKey(text) ? [] : [ofJwt(['publicKeys', index], 'is no public key', 'write one as PEM: -----BEGIN PUBLIC KEY-----')],
  )
}

function isPublicKey(text: string): boolean {
  if (!/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(text.trim())) return false
  try {
    createPublicKey(text)
    return true
  } catch {
    return false
  }
}

/** What is wrong with the headers that tell the upstream who calls. `taken`: what carries something else, small letters. */
export function identityFlaws({ headers = {}, assertion }: ApiIdentity = {}, taken: readonly string[]): ApiFlaw[] {
  const seen = new Set(taken)
  const named = Object.entries(headers).map(([what, name]) => [['headers', what], name] as const)
  return [...named, [['assertion', 'header'], assertion?.header] as const].flatMap(([member, name]): ApiFlaw[] => {
    if (name === undefined) return []
    const path = ['identity', ...member]
    if (!isSettableHeader('request', name))
      return [{ path, problem: `\`${name}\` is not for a definition to set`, fix: 'name a header of your own, like x-consumer-id' }]
    if (seen.has(name.toLowerCase())) return [{ path, problem: `\`${name}\` carries something else`, fix: 'name another header' }]
    seen.add(name.toLowerCase())
    return []
  })
}
