import { z } from 'zod'
import { amount, money } from './common.ts'

const PERIODS = ['day', 'week', 'month', 'total'] as const

/** A spend cap that is sent. */
export const cap = z.strictObject({ amount, period: z.enum(PERIODS) }).describe('How much may be spent in a period.')

/** A spend cap that is answered. */
export const shownCap = z.object({ amount: money, period: z.enum(PERIODS) })
