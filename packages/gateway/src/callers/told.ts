import { IDENTITY_HEADERS, type ApiIdentity, type IdentityHeader } from '@faregate/core'
import type { HeaderPair } from '../apis/upstreams/compiled.ts'
import type { Caller } from './caller.ts'

const FACTS: Record<IdentityHeader, (caller: Caller) => string | null> = {
  consumer: ({ key }) => key.organization.id,
  application: ({ key }) => key.application.id,
  key: ({ key }) => key.id,
  subject: ({ subject }) => subject,
}

/** Headers that tell the upstream who calls; undefined: nothing is told. */
export function tellerOf({ headers = {} }: ApiIdentity = {}): ((caller: Caller) => HeaderPair[]) | undefined {
  const named = IDENTITY_HEADERS.flatMap((what) => {
    const name = headers[what]
    return name === undefined ? [] : [[name.toLowerCase(), FACTS[what]] as const]
  })
  if (named.length === 0) return undefined
  return (caller) =>
    named.flatMap(([name, fact]): HeaderPair[] => {
      const value = fact(caller)
      return value === null ? [] : [[name, sendable(value)]]
    })
}

/** Somebody else chose a subject: what no header can carry is written as in a URL. */
function sendable(value: string): string {
  return /^[\x21-\x7e]+$/.test(value) ? value : encodeURIComponent(value.toWellFormed())
}
