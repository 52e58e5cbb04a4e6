import { z } from 'zod'
import { rates } from './prices.ts'

export const pattern = z.string().min(1).max(300)

export const factor = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,9})?$/, 'not a factor, like "0.8"')
  .describe('A factor on the price of a model: "0.8"; "0": free.')

const override = z
  .strictObject({
    models: pattern.describe('A model, or a pattern with `*`.'),
    factor: factor.optional(),
    price: rates
      .refine((price) => Object.values(price).some((rate) => rate !== undefined), 'names no bucket, so nothing would have a price')
      .optional(),
  })
  .refine(({ factor: times, price }) => (times === undefined) !== (price === undefined), 'has either a factor or a price')
  .meta({ title: 'Price override' })

/** What models cost somebody: the rule that names a model most closely holds for it, alone. */
export const priceOverrides = z
  .array(override)
  .max(200)
  .describe('Other prices of single models: a factor, or a price in the place of theirs. The one that names a model most closely holds.')

/** The same as it is answered. */
export const shownOverrides = z.array(
  z.object({ models: z.string(), factor: z.string().optional(), price: z.record(z.string(), z.string()).optional() }),
)
