import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { Failure, UsageError, type Call, type Command, type Option } from '../command.ts'
import { textOf } from '../document.ts'
import { findOrganization } from '../lookup.ts'
import { fields } from '../output.ts'

type Presentation = NonNullable<RouteInput<Routes['updateApi']>['body']['presentation']>
type Listing = RouteInput<Routes['updateApiListing']>['body']
type Api = RouteOutput<Routes['getApi']>

const MEMBERS = ['title', 'summary', 'description', 'categories', 'tags', 'contact', 'logo'] as const

const present: Command = {
  name: 'api present',
  summary: 'Say what the catalogue tells of an API; it is part of its next release',
  args: ['<name>'],
  options: [
    { flags: '--title <text>', summary: 'instead of its name' },
    { flags: '--summary <text>', summary: 'what it is, in one sentence' },
    { flags: '--description <file>', summary: 'what it does: a file of Markdown, or - for standard input' },
    { flags: '--category <word>', summary: 'by which it is found', repeatable: true },
    { flags: '--tag <word>', summary: 'by which it is found, too', repeatable: true },
    { flags: '--contact <address>', summary: 'where help is: an address of mail, or a page' },
    { flags: '--logo <picture>', summary: 'an https URL, or a file of at most 32 KiB' },
    { flags: '--clear <member>', summary: `take away what was said: ${MEMBERS.join(', ')}`, repeatable: true },
    { flags: '--draft', summary: 'change its draft, instead of putting a release in force now' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const body = { presentation: await presentationOf(call) }
    const client = await call.client()
    if (call.options.is('draft')) {
      const draft = await client.updateApiDraft({ params: { name }, body })
      return call.output.result(draft, `The draft of ${name} is at revision ${draft.revision}.`)
    }
    const api = await client.updateApi({ params: { name }, body })
    call.output.result(api, `${name} is presented as “${api.presentation?.title ?? name}” with release ${api.release ?? ''}.`)
  },
}

async function presentationOf({ options }: Call): Promise<Presentation> {
  const [file, logo, categories, tags] = [options.text('description'), options.text('logo'), options.list('category'), options.list('tag')]
  const said: Presentation = {
    ...Object.fromEntries((options.list('clear') ?? []).map((text) => [memberOf(text), null])),
    ...options.some('title', 'summary', 'contact'),
    ...(file === undefined ? {} : { description: await textOf(file) }),
    ...(logo === undefined ? {} : { logo: await pictureOf(logo) }),
    ...(categories === undefined ? {} : { categories }),
    ...(tags === undefined ? {} : { tags }),
  }
  if (Object.keys(said).length === 0) throw new UsageError('say what the catalogue is to tell: --title, --summary, --description, …')
  return said
}

function memberOf(text: string): (typeof MEMBERS)[number] {
  const known = MEMBERS.find((one) => one === text)
  if (known === undefined) throw new UsageError(`--clear is "${text}": one of ${MEMBERS.join(', ')}`)
  return known
}

const TYPES: Record<string, string> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.gif': 'gif',
  '.webp': 'webp',
  '.svg': 'svg+xml',
}

async function pictureOf(source: string): Promise<string> {
  if (source.startsWith('https://')) return source
  const type = TYPES[extname(source).toLowerCase()]
  if (type === undefined) throw new UsageError(`--logo is "${source}": an https URL, or a file: ${Object.keys(TYPES).join(', ')}`)
  const bytes = await readFile(source).catch((error: unknown) => {
    throw new Failure(`${source} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
  return `data:image/${type};base64,${bytes.toString('base64')}`
}

/** Who sees an API in the catalogue. */
export const VISIBILITY: Option = {
  flags: '--visibility <who>',
  summary: 'who sees it in the catalogue: public, organization (whoever has a key or a token) or invitation',
}

const listing: Command = {
  name: 'api listing',
  summary: 'Show or say who sees an API in the catalogue, and who answers for it',
  args: ['<name>'],
  options: [
    VISIBILITY,
    { flags: '--owner <name>', summary: 'who answers for it: a team or a person' },
    { flags: '--no-owner', summary: 'nobody is named' },
    { flags: '--invite <organization>', summary: 'this organization sees it by invitation, too', repeatable: true },
    { flags: '--uninvite <organization>', summary: 'this one does not any more', repeatable: true },
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const before = await client.getApi({ params: { name } })
    const body = await listingOf(call, before)
    const api = Object.keys(body).length === 0 ? before : await client.updateApiListing({ params: { name }, body })
    const { visibility, owner, invited } = api.listing
    const shown = fields([
      ['API', name],
      ['visibility', visibility],
      ['owner', owner ?? 'nobody is named'],
      ['invited', invited.length === 0 ? 'nobody' : invited.join(', ')],
    ])
    call.output.result(api.listing, shown)
  },
}

const VISIBILITIES = ['public', 'organization', 'invitation'] as const

async function listingOf(call: Call, { listing: { invited } }: Api): Promise<Listing> {
  const { options } = call
  const [more, fewer] = [options.list('invite'), options.list('uninvite')]
  const [added, removed] = [await idsOf(call, more ?? []), new Set(await idsOf(call, fewer ?? []))]
  const asInvited = more === undefined && fewer === undefined ? {} : { invited: [...invited, ...added].filter((id) => !removed.has(id)) }
  return { ...visibilityOf(call), ...options.change('owner'), ...asInvited }
}

/** What `--visibility` says, if anything. */
function visibilityOf({ options }: Pick<Call, 'options'>): Pick<Listing, 'visibility'> {
  const asked = options.text('visibility')
  if (asked === undefined) return {}
  const visibility = VISIBILITIES.find((one) => one === asked)
  if (visibility === undefined) throw new UsageError(`--visibility is "${asked}": one of ${VISIBILITIES.join(', ')}`)
  return { visibility }
}

/** The same where an API is published: from its first moment on. */
export function listedAs(call: Pick<Call, 'options'>): { listing?: Listing } {
  const said = visibilityOf(call)
  return said.visibility === undefined ? {} : { listing: said }
}

async function idsOf(call: Call, names: string[]): Promise<string[]> {
  const client = await call.client()
  const found: string[] = []
  for (const name of names) found.push((await findOrganization(client, name)).id)
  return found
}

export const apiCatalogueCommands = [present, listing]
