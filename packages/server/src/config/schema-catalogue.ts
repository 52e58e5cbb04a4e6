import { API_VISIBILITIES, PRESENTATION_SIZES } from '@faregate/core'
import { z } from 'zod'

/** How a published API of the configuration file stands in the catalogue. What this cannot see is checked by `checkApis`. */

const word = z.string().trim().min(1).max(PRESENTATION_SIZES.word)

export const presentation = z
  .strictObject({
    title: z.string().trim().min(1).max(PRESENTATION_SIZES.title).optional().describe('Absent: its name.'),
    summary: z.string().trim().min(1).max(PRESENTATION_SIZES.summary).optional().describe('What it is, in one sentence.'),
    description: z
      .string()
      .trim()
      .min(1)
      .max(PRESENTATION_SIZES.description)
      .optional()
      .describe('What it does, in Markdown; HTML in it is shown as text.'),
    categories: z.array(word).max(PRESENTATION_SIZES.categories).optional().describe('By which it is found.'),
    tags: z.array(word).max(PRESENTATION_SIZES.tags).optional().describe('By which it is found, too.'),
    contact: z.string().max(PRESENTATION_SIZES.contact).optional().describe('Where help is: an address of mail, or a page.'),
    logo: z.string().max(PRESENTATION_SIZES.logo).optional().describe('An https URL, or a `data:` URL of a picture of at most 32 KiB.'),
  })
  .describe('What the catalogue says of it.')

export const listing = z
  .strictObject({
    visibility: z
      .enum(API_VISIBILITIES)
      .optional()
      .describe(
        'Who sees it in the catalogue: `public`, everybody; `organization`, whoever has a key or a token; `invitation`, organizations ' +
          'that are invited or have a plan with it. Absent: `organization`. Who may call it is decided elsewhere.',
      ),
    owner: z.string().trim().min(1).max(200).optional().describe('Who answers for it: a team or a person, in words.'),
    invited: z.array(z.string().min(1).max(200)).max(1000).optional().describe('Ids of organizations that see it by invitation.'),
  })
  .describe('Who sees it, and who answers for it.')
