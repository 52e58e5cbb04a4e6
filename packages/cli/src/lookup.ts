import { shellWord } from '@faregate/core'
import type { Client, RouteOutput, Routes } from '@faregate/contract'
import { Failure } from './command.ts'

/** An organization as far as it is known: one that was given by its id is not looked up, so it has no name here. */
export type Organization = Pick<RouteOutput<Routes['getOrganization']>, 'id'> & Partial<RouteOutput<Routes['getOrganization']>>
export type Application = RouteOutput<Routes['getApplication']>

interface Page<T> {
  data: T[]
  next: string | null
}

/** The name that stands for "the one there is" when nothing else was said. */
export const DEFAULT_NAME = 'default'

/** Every item of a paged list. */
export async function everyItem<T>(page: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const answer: Page<T> = await page(cursor === null ? {} : { cursor })
    items.push(...answer.data)
    cursor = answer.next
  } while (cursor !== null)
  return items
}

const ORGANIZATION_ID = /^org_[0-9A-HJKMNP-TV-Z]{26}$/

/** How people are told of an organization: by its name where it is known. */
export function labelOf({ id, name }: Organization): string {
  return name ?? id
}

/**
 * Finds an organization by id or name. An id is taken as it is: a token that may not list organizations can still name its own.
 * @throws Failure when there is none, or more than one of that name
 */
export async function findOrganization(client: Client, reference: string): Promise<Organization> {
  if (ORGANIZATION_ID.test(reference)) return { id: reference }
  const found = await searchOrganization(client, reference)
  if (found !== undefined) return found
  throw new Failure(`No organization is called "${reference}".`, `Create it: faregate org create ${shellWord(reference)}`)
}

/** The same, but `undefined` when there is none. */
export async function searchOrganization(client: Client, reference: string): Promise<Organization | undefined> {
  const all = await everyItem((query) => client.listOrganizations({ query: { limit: 500, ...query } }))
  return single(all, reference, 'organization')
}

/** Finds the organization that was named, or the only one there is, or the one called `default`. @throws Failure */
export async function organizationOrOnly(client: Client, reference: string | undefined): Promise<Organization> {
  if (reference !== undefined) return findOrganization(client, reference)
  const all = await everyItem((query) => client.listOrganizations({ query: { limit: 500, ...query } }))
  const [only] = all
  if (only === undefined)
    throw new Failure('There is no organization yet.', 'Create one with a key and credit: faregate key create --credit 5')
  const chosen = all.length === 1 ? only : all.find((organization) => organization.name === DEFAULT_NAME)
  if (chosen === undefined) throw new Failure('There are several organizations.', `Name one of: ${all.map(({ name }) => name).join(', ')}`)
  return chosen
}

/** Finds an application of an organization by id or name; `undefined` when there is none. */
export async function searchApplication(client: Client, organization: string, reference: string): Promise<Application | undefined> {
  const all = await everyItem((query) =>
    client.listApplicationsOfOrganization({ params: { id: organization }, query: { limit: 500, ...query } }),
  )
  return single(all, reference, 'application')
}

function single<T extends { id: string; name: string }>(all: T[], reference: string, kind: string): T | undefined {
  const byId = all.find((item) => item.id === reference)
  if (byId !== undefined) return byId
  const named = all.filter((item) => item.name === reference)
  if (named.length > 1)
    throw new Failure(`Several ${kind}s are called "${reference}".`, `Use an id: ${named.map((item) => item.id).join(', ')}`)
  return named[0]
}
