import { LIMIT_PARTITIONS, LIMIT_WINDOWS, limitIdentity, type LimitWindow } from '@faregate/core'
import { z } from 'zod'

const WINDOWS = Object.keys(LIMIT_WINDOWS) as [LimitWindow, ...LimitWindow[]]

const count = z.int().min(1).max(1_000_000_000)

const by = z
  .enum(LIMIT_PARTITIONS)
  .optional()
  .describe('Each end user (`user` in the body), or each tag (`Faregate-Tags`), has the limit for itself.')

const rate = {
  amount: count.describe('How much in a window; what is used up flows back evenly.'),
  per: z.enum(WINDOWS),
  burst: count.optional().describe('How much at once. Absent: as much as `amount`.'),
  by,
}

/** One limit of a key, an application, an organization or a plan. */
export const limit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('requests'), ...rate }),
  z.strictObject({
    kind: z.literal('tokens').describe('Read and written. A request takes what it may use, and gives back what it did not.'),
    ...rate,
  }),
  z.strictObject({ kind: z.literal('concurrency'), amount: count.describe('How many requests at the same time.'), by }),
])

export const limits = z
  .array(limit)
  .max(20)
  .superRefine((list, context) => {
    for (const [index, terms] of list.entries()) {
      const same = list.findIndex((other) => limitIdentity(other) === limitIdentity(terms))
      if (same < index) context.addIssue({ code: 'custom', path: [index], message: `limits the same as /limits/${same}` })
    }
  })
  .describe('What may be used in a time, and at the same time. All of them hold; none: no limit.')
