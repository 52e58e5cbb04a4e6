import { carriesSecret, isSettableHeader, type ApiAuthentication, type ApiIdentity } from '@faregate/core'
import type { ApiFlaw } from './flaw.ts'

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
  return flaws
}

/** What is wrong with the headers that tell the upstream who calls. `taken`: what carries something else, small letters. */
export function identityFlaws({ headers = {} }: ApiIdentity = {}, taken: readonly string[]): ApiFlaw[] {
  const seen = new Set(taken)
  return Object.entries(headers).flatMap(([what, name]): ApiFlaw[] => {
    if (name === undefined) return []
    const path = ['identity', 'headers', what]
    if (!isSettableHeader('request', name))
      return [{ path, problem: `\`${name}\` is not for a definition to set`, fix: 'name a header of your own, like x-consumer-id' }]
    if (seen.has(name.toLowerCase())) return [{ path, problem: `\`${name}\` carries something else`, fix: 'name another header' }]
    seen.add(name.toLowerCase())
    return []
  })
}
