import {
  ASSERTION_HEADER,
  DEFAULT_ASSERTION_SECONDS,
  IDENTITY_HEADERS,
  type ApiIdentity,
  type AssertionTerms,
  type IdentityHeader,
  type Millis,
} from '@faregate/core'
import type { HeaderPair } from '../apis/upstreams/compiled.ts'
import type { Caller } from './caller.ts'

const FACTS: Record<IdentityHeader, (caller: Caller) => string | null> = {
  consumer: ({ key }) => key.organization.id,
  application: ({ key }) => key.application.id,
  keyId: ({ key }) => key.id,
  subject: ({ subject }) => subject,
}

/** Signs what the gateway says of a caller. */
export interface AssertionSigner {
  /** These claims, with the gateway as their issuer, as a token (RFC 7519). */
  sign: (claims: Record<string, unknown>) => string
  now: () => Millis
}

type Teller = (caller: Caller) => HeaderPair[]

/** Headers that tell the upstream of an API who calls; undefined: nothing is told. */
export function tellerOf(api: string, { headers = {}, assertion }: ApiIdentity = {}, signer: AssertionSigner): Teller | undefined {
  const named = IDENTITY_HEADERS.flatMap((what) => {
    const name = headers[what]
    return name === undefined ? [] : [[name.toLowerCase(), FACTS[what]] as const]
  })
  const asserted = assertion && asserter(api, assertion, signer)
  if (named.length === 0) return asserted && ((caller) => [asserted(caller)])
  return (caller) => {
    const pairs = named.flatMap(([name, fact]): HeaderPair[] => {
      const value = fact(caller)
      return value === null ? [] : [[name, sendable(value)]]
    })
    return asserted === undefined ? pairs : [...pairs, asserted(caller)]
  }
}

function asserter(
  api: string,
  { header, audience, lifeSeconds }: AssertionTerms,
  { sign, now }: AssertionSigner,
): (caller: Caller) => HeaderPair {
  const name = (header ?? ASSERTION_HEADER).toLowerCase()
  return ({ key, subject }) => {
    const iat = Math.floor(now() / 1_000)
    const who = { sub: subject ?? key.application.id, consumer: key.organization.id, application: key.application.id, key: key.id }
    return [name, sign({ ...who, aud: audience ?? api, iat, exp: iat + (lifeSeconds ?? DEFAULT_ASSERTION_SECONDS) })]
  }
}

/** Somebody else chose a subject: what no header can carry is written as in a URL. */
function sendable(value: string): string {
  return /^[\x21-\x7e]+$/.test(value) ? value : encodeURIComponent(value.toWellFormed())
}
