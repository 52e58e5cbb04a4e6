import type { Actor, CapLevel, Fix, LimitScope, LimitTerms } from '@faregate/core'
import { limitIdentity } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { cappedMember } from './caps.ts'
import type { Settings } from './deps.ts'

/** Where a caller asks for more, with its own key. */
export const LIMIT_REQUESTS = '/v1/limit-requests'

/** What is asked for more of, as the call takes it. */
export type LimitSubject =
  | { kind: 'cap'; level: 'key' | 'member' | 'user' | 'tag' | 'team' | 'org'; id: string }
  | { kind: 'limit'; level: LimitScope['level']; id: string; limit: string }
  | ({ kind: 'quota'; id: string; counts: string } & ({ models: string } | { apis: string }))

/** The fix that asks whoever decides for more: one call, with the caller's own key. `body` lacks the reason only. */
export function requestLimit({ publicUrl }: Pick<Settings, 'publicUrl'>, key: KeyEntry, subject: LimitSubject, decidedBy: Actor): Fix {
  return {
    kind: 'change_request',
    action: 'request_limit',
    by: 'caller',
    canYou: key.scopes.length === 0 || key.scopes.includes('key'),
    method: 'POST',
    url: publicUrl() + LIMIT_REQUESTS,
    body: { subject },
    decidedBy,
  }
}

/** A spend cap, as it is asked about. `named`: the end user or tag whose cap it is. */
export function capSubject(key: KeyEntry, level: CapLevel, named: string): LimitSubject {
  const member = cappedMember(key)
  if (level === 'user' && member !== undefined) return { kind: 'cap', level: 'member', id: member.id }
  const ids: Record<CapLevel, string> = { key: key.id, user: named, tag: named, team: key.team?.id ?? '', org: key.organization.id }
  return { kind: 'cap', level, id: ids[level] }
}

/** A rate or a concurrency. */
export function limitSubject({ level, id }: LimitScope, terms: LimitTerms): LimitSubject {
  return { kind: 'limit', level, id, limit: limitIdentity(terms) }
}

/** A quota, by the name of its account. */
export function quotaSubject(base: string): LimitSubject | undefined {
  const [, id, counts, ofApis, pattern] = /^quota:([^:]+):(requests|tokens)(-apis)?:(.+)$/s.exec(base) ?? []
  if (id === undefined || counts === undefined || pattern === undefined) return undefined
  return { kind: 'quota', id, counts, ...(ofApis === undefined ? { models: pattern } : { apis: pattern }) }
}
