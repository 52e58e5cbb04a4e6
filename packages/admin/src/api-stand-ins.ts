import { shellWord } from '@faregate/core'
import { allowsApi } from '@faregate/identity'
import type { Context } from './call.ts'
import type { DraftDefinition } from './configuration-rows.ts'
import type { AdminQueries } from './ports.ts'
import { invalid } from './refusal.ts'
import type { KeyRow } from './rows.ts'

/** The ways in which callers can be served as a key that is not theirs. */
const WAYS = ['jwt', 'introspection', 'mutualTls', 'public'] as const

/** Refuses keys that an API names for callers to be served as, and that could not be used for it: each of its calls would be refused. */
export async function refuseUselessKeys(
  { deps }: Pick<Context, 'deps'>,
  { keys }: Pick<AdminQueries, 'keys'>,
  name: string,
  { authentication = {} }: Pick<DraftDefinition, 'authentication'>,
): Promise<void> {
  for (const way of WAYS) {
    const id = authentication[way]?.as
    const why = id === undefined ? undefined : whyUseless(id, await keys.get(id), name, deps.clock.now())
    if (why !== undefined) invalid(`/authentication/${way}/as`, why)
  }
}

function whyUseless(id: string, key: KeyRow | undefined, api: string, now: number): string | undefined {
  if (key === undefined) return `names no key: make one with \`faregate key create\`, and send its id`
  if (key.state === 'revoked') return 'names a key that was revoked: name another one'
  if (key.expiresAt !== null && key.expiresAt <= now) return 'names a key that has expired: name another one'
  if (!allowsApi(key, api))
    return `names a key that may not call "${api}": \`faregate key update ${id} --apis ${shellWord([...(key.apis ?? []), api].join(','))}\``
  return key.scopes.length > 0 && !key.scopes.includes('apis')
    ? `names a key that may not call APIs: \`faregate key update ${id} --scope ${[...key.scopes, 'apis'].join(' --scope ')}\``
    : undefined
}
