import { listingMembers, presentationMembers } from '@faregate/contract/api-presentation'
import { z } from 'zod'

/** How a published API of the configuration file stands in the catalogue. What this cannot see is checked by `checkApis`. */

export const presentation = z.strictObject(presentationMembers).partial().describe('What the catalogue says of it.')

export const listing = z.strictObject(listingMembers).partial().describe('Who sees it, and who answers for it.')
