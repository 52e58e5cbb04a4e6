import { API_VISIBILITIES, PRESENTATION_SIZES } from '@faregate/core'
import { z } from 'zod'
import { nullable } from './api-proxying.ts'
import { id, name } from './common.ts'

const text = (most: number) => z.string().trim().min(1).max(most)
const words = (most: number) => z.array(text(PRESENTATION_SIZES.word)).max(most)

/** What the catalogue says of an API: for the management API and for the configuration file alike. */
export const presentationMembers = {
  title: text(PRESENTATION_SIZES.title).describe('Absent: its name.'),
  summary: text(PRESENTATION_SIZES.summary).describe('What it is, in one sentence.'),
  description: text(PRESENTATION_SIZES.description).describe('What it does, in Markdown; HTML in it is shown as text.'),
  categories: words(PRESENTATION_SIZES.categories).describe('By which it is found.'),
  tags: words(PRESENTATION_SIZES.tags).describe('By which it is found, too.'),
  contact: text(PRESENTATION_SIZES.contact).describe('Where help is: an address of mail, or a page.'),
  logo: text(PRESENTATION_SIZES.logo).describe('An https URL, or a `data:` URL of a picture of at most 32 KiB.'),
}

/** What is sent of a presentation: what is absent stays, null takes it away. */
export const presentation = z
  .strictObject(nullable(presentationMembers))
  .describe('What the catalogue says of it. What is absent stays; null takes it away.')

/** What is shown of a presentation. */
export const shownPresentation = z
  .object({
    title: z.string().nullable(),
    summary: z.string().nullable(),
    description: z.string().nullable(),
    categories: z.array(z.string()),
    tags: z.array(z.string()),
    contact: z.string().nullable(),
    logo: z.string().nullable(),
  })
  .nullable()
  .describe('What the catalogue says of it; null: nothing but its name.')

const visibility = z
  .enum(API_VISIBILITIES)
  .describe(
    'Who sees it in the catalogue: `public`, everybody; `organization`, whoever has a key or a token; `invitation`, organizations that ' +
      'are invited or have a plan with it. Absent: `organization`. Who may call it is decided by keys, permissions and plans.',
  )

/** Who sees it, and who answers for it: alike, too. */
export const listingMembers = {
  visibility,
  owner: name.describe('Who answers for it: a team or a person, in words.'),
  invited: z.array(id).max(1000).describe('Ids of all organizations that see it by invitation.'),
}

/** What is sent of a listing: what is absent stays. */
export const listing = z.strictObject({
  visibility: visibility.optional(),
  owner: listingMembers.owner.nullable().optional(),
  invited: listingMembers.invited.optional(),
})

/** The same from its first moment on: it is never seen by others in between. */
export const firstListing = listing
  .optional()
  .describe(
    'Who sees it in the catalogue, and who answers for it, from this release on. Absent: as it was, else whoever has a key or a token.',
  )

/** Who may see an API, and who answers for it. */
export const shownListing = z.object({ visibility, owner: z.string().nullable(), invited: z.array(z.string()) })
