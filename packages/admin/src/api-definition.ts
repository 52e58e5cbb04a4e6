import { apiSealName } from '@faregate/core'
import { flawsOf } from '@faregate/lifecycle'
import type { Call } from './call.ts'
import type { AdminDeps } from './deps.ts'
import { withoutSlash } from './handlers/providers.ts'
import { lastFourOf } from './present/configuration.ts'
import { invalid } from './refusal.ts'
import type { ApiRow } from './api-rows.ts'

type Sent = Call<'updateApi'>['body']
type Header = ApiRow['upstream']['header']

/** An API changed by what was sent: absent members stay, null takes one away. Refuses what cannot be served or charged. */
export function definedApi(deps: AdminDeps, before: Pick<ApiRow, 'name' | 'createdAt'> & Partial<ApiRow>, sent: Sent): ApiRow {
  const { name, createdAt } = before
  const { prefix = before.prefix ?? '', routes = before.routes ?? [] } = sent
  const baseUrl = sent.upstream === undefined ? (before.upstream?.baseUrl ?? '') : withoutSlash(sent.upstream.baseUrl)
  const header = headerOf(deps, name, before.upstream?.header, sent.upstream)
  const upstream = { baseUrl, ...(header === undefined ? {} : { header }) }
  const [flaw] = flawsOf({ prefix, routes, upstream })
  if (flaw !== undefined) return invalid(`/${flaw.path.join('/')}`, `${flaw.problem}: ${flaw.fix}`)
  return {
    name,
    kind: 'http',
    prefix,
    upstream,
    routes,
    ...kept('timeouts', before.timeouts, sent.timeouts),
    ...kept('encodedSlashes', before.encodedSlashes, sent.encodedSlashes),
    createdAt,
  }
}

function kept<Name extends string, T>(name: Name, before: T | undefined, sent: T | null | undefined): Partial<Record<Name, T>> {
  const value = sent === undefined ? before : sent
  return value === null || value === undefined ? {} : ({ [name]: value } as Record<Name, T>)
}

/** The secret is sealed as it comes; a header of the same name without a value keeps the one that it has. */
function headerOf(deps: AdminDeps, api: string, before: Header, sent: Sent['upstream']): Header {
  const header = sent?.header
  if (header === undefined) return before
  if (header === null) return undefined
  const { name, value } = header
  if (value !== undefined) return { name, sealed: deps.seal(value, apiSealName(api)), lastFour: lastFourOf(value) }
  if (before === undefined) return invalid('/upstream/header/value', 'is missing: the header has no secret yet')
  return { ...before, name }
}
