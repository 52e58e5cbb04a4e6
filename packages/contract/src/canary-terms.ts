import { z } from 'zod'

/** Which calls of an API are served by the release that is tried. */
export const canaryTerms = z.strictObject({
  percent: z
    .number()
    .min(0.01)
    .max(100)
    .optional()
    .describe('Of a hundred keys so many, always the same ones. Absent: none for that reason.'),
  header: z
    .strictObject({
      name: z.string().min(1).max(100).describe('A header of the call.'),
      value: z.string().min(1).max(200).describe('What it has to say, letter by letter.'),
    })
    .optional()
    .describe('Calls that carry it, whichever key they have. Absent: no call asks for it.'),
})

/** The same as it is shown. */
export const shownCanaryTerms = {
  percent: z.number().nullable(),
  header: z.object({ name: z.string(), value: z.string() }).nullable(),
}
