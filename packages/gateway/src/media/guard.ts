import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent } from 'undici'
import { isPublicAddress } from './public-address.ts'

/** Why a URL is not called, in words for whoever set it. */
export class UrlRefused extends Error {
  override readonly name = 'UrlRefused'
}

/** What is said of an address that is not connected to. */
export const NOT_PUBLIC = 'its address is not on the public internet'

/** Which addresses may be connected to, after names were resolved. */
export type Reachable = (address: string) => boolean

/** The URL, if it is one that may be called as far as can be told before its name is resolved; throws {@link UrlRefused}. */
export function checkedUrl(text: string, reachable: Reachable = isPublicAddress): URL {
  if (!URL.canParse(text)) throw new UrlRefused('it is no URL')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new UrlRefused('only http and https are fetched')
  if (url.username !== '' || url.password !== '') throw new UrlRefused('a URL with a user or password is not fetched')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !reachable(host)) throw new UrlRefused(NOT_PUBLIC)
  return url
}

/** Names are resolved here, so that what is checked is what is connected to (DNS rebinding). */
export function guardedLookup(reachable: Reachable): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => reachable(address))) {
        return callback(new UrlRefused(NOT_PUBLIC), '')
      }
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Gives the agent for a URL that somebody else than the operator set; throws {@link UrlRefused}. */
export interface GuardedAgent {
  (url: string): Agent
  close(): Promise<void>
}

/** An agent behind a guard against server-side request forgery; connections have `milliseconds` to come about. */
export function guardedAgent(milliseconds: number, reachable: Reachable = isPublicAddress): GuardedAgent {
  const agent = new Agent({ connect: { lookup: guardedLookup(reachable), timeout: milliseconds } })
  const agentFor = (url: string): Agent => {
    checkedUrl(url, reachable)
    return agent
  }
  return Object.assign(agentFor, { close: () => agent.close() })
}
