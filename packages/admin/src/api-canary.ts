import { isDeepStrictEqual } from 'node:util'
import { isSettableHeader, type ApiAuthentication, type CanaryTerms } from '@faregate/core'
import { fieldChanges } from '@faregate/lifecycle'
import type { Call } from './call.ts'
import type { ApiReleaseRow, ApiRow, KeptDefinition } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
import type { AdminQueries } from './ports.ts'
import { presentDefinition } from './present/apis.ts'
import { invalid, refuse } from './refusal.ts'

type Sent = NonNullable<Call<'publishApi'>['body']['canary']>

/** For which calls a release is to be tried, as it was sent below `at`. */
export function sentTerms({ percent, header }: Sent, at = ''): CanaryTerms {
  if (percent === undefined && header === undefined)
    return invalid(`${at}/percent`, 'is missing, as is `header`: say for how many keys it is tried, or for calls with which header')
  if (header === undefined) return { percent }
  const name = header.name.toLowerCase()
  if (!isSettableHeader('request', name))
    return invalid(`${at}/header/name`, `\`${header.name}\` is for something else: name a header that nothing but this is said in`)
  return { ...(percent === undefined ? {} : { percent }), header: { name, value: header.value } }
}

/** Refuses a release that cannot be tried beside the one in force. `at`: where the terms were sent. */
export function refuseUntriable(inForce: ApiRow | undefined, tried: KeptDefinition, { percent }: CanaryTerms, at = ''): ApiRow {
  if (inForce === undefined) return invalid(at === '' ? '/release' : at, 'nothing is in force beside which it could be tried: publish it')
  const { prefix } = inForce
  if (tried.prefix !== prefix)
    return invalid(at === '' ? '/release' : at, `it is at "${tried.prefix}", and what is in force at "${prefix}": both have one prefix`)
  // Whose call it is would be read in two ways before it is known which of them holds.
  if (percent !== undefined && !isDeepStrictEqual(waysOf(inForce), waysOf(tried)))
    return invalid(`${at}/percent`, 'callers prove who they are in other ways than now (`authentication`): try it for calls with a header')
  return inForce
}

function waysOf(definition: KeptDefinition): ApiAuthentication | undefined {
  return definition.kind === 'http' ? definition.authentication : undefined
}

/** While a release is tried, nothing else is published beside or over it: whoever would is told what it is. */
export async function refuseWhileTried(
  deps: AdminDeps,
  read: Pick<AdminQueries, 'apiReleases'>,
  inForce: ApiRow | undefined,
): Promise<void> {
  if (inForce?.canary === undefined) return
  const { name, canary } = inForce
  const tried: ApiReleaseRow | undefined = await read.apiReleases.get(name, canary.release)
  const by = tried === undefined ? '' : ` by ${tried.publishedBy}`
  refuse({
    code: 'release_conflict',
    detail: `Release ${canary.release} of "${name}"${by} is being tried as a canary. Promote it or stop it first: \`faregate api promote ${name}\`, or \`faregate api canary ${name} --stop\`.`,
    release: inForce.release,
    changes: fieldChanges(presentDefinition(deps, inForce), tried && presentDefinition(deps, tried.definition)),
  })
}
