import { newId, type IdPrefix } from '@faregate/core'
import type { ParsedInput, RouteName, RouteOutput, Routes } from '@faregate/contract'
import type { ApiRequestRow } from './configuration-rows.ts'
import { sees, type Credential, type Owned } from './credential.ts'
import type { AdminDeps } from './deps.ts'
import type { Filter, OwnerFilter } from './ports.ts'
import { found, notFound } from './refusal.ts'
import type { OrganizationRow } from './rows.ts'

/** One call as a handler sees it: authenticated, permitted, its members checked. */
export type Call<Name extends RouteName> = ParsedInput<Routes[Name]> & Context

/** What every call has. */
export interface Context {
  deps: AdminDeps
  credential: Credential
  requestId: string
  /** Present on a POST that carries `Idempotency-Key`. */
  idempotency: Idempotency | undefined
  /** Of the success, for the answer that is kept. */
  status: number
  /** What somebody asked for, as it is once whoever calls has agreed to it. */
  approved?: ApiRequestRow | undefined
  /** What is answered, where that is not what the change itself answers. */
  answered?: unknown
}

/** An `Idempotency-Key`, where it counts, and what it was sent with. */
export interface Idempotency {
  /** Credential and path. */
  scope: string
  key: string
  /** SHA-256 of the body. */
  fingerprint: string
}

export type Handler<Name extends RouteName> = (call: Call<Name>) => Promise<RouteOutput<Routes[Name]>>

export type Handlers<Names extends RouteName> = { [Name in Names]: Handler<Name> }

/** The organization, if it exists and this credential sees it; 404 otherwise. */
export async function visibleOrganization({ deps, credential }: Context, id: string): Promise<OrganizationRow> {
  if (credential.organization !== null && credential.organization !== id) return notFound('organization', id)
  return found(await deps.store.read.organizations.get(id), 'organization', id)
}

/** The row, if it exists and belongs to an organization, and a team, that this credential sees; 404 otherwise. */
export function visible<T extends Owned>({ credential }: Context, row: T | undefined, kind: string, id: string): T {
  return found(row !== undefined && sees(credential, row) ? row : undefined, kind, id)
}

/** Narrows a list to what the credential sees. Asking for another organization than its own is 404. */
export function ownOrganization({ credential }: Context, asked: string | undefined): string | undefined {
  if (credential.organization === null) return asked
  if (asked !== undefined && asked !== credential.organization) return notFound('organization', asked)
  return credential.organization
}

/** Narrows a list of what may belong to teams to what the credential sees. */
export function ownRows(context: Context, asked: string | undefined): OwnerFilter {
  return { organization: ownOrganization(context, asked), team: context.credential.team ?? undefined }
}

/** The filters of a query, times read and narrowed to what the credential sees. */
export function filterOf(
  context: Context,
  query: { [Name in keyof Omit<Filter, 'from' | 'to' | 'team'>]: Filter[Name] } & { from?: string | undefined; to?: string | undefined },
): Filter {
  const { from, to, ...rest } = query
  return {
    ...rest,
    ...ownRows(context, query.organization),
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  }
}

export function freshId({ deps }: Context, prefix: IdPrefix): string {
  return newId(prefix, deps.clock.now(), deps.random)
}
