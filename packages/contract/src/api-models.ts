import { MODEL_API_FEATURES } from '@faregate/core'
import { z } from 'zod'

const tokens = z.int().min(1).max(100_000_000)

/** What published models hold: for the management API and for the configuration file alike. */
export const models = z
  .record(z.string().regex(/^[^\s/][^\s]{0,199}$/, 'a name without spaces'), z.string().min(1).max(200))
  .describe(
    'Models of this installation, by the names that callers use: `{"fast": "gpt-4.1-mini"}`. A call costs what a call of its model costs.',
  )

export const policy = z
  .strictObject({
    features: z
      .array(z.enum(MODEL_API_FEATURES))
      .min(1)
      .optional()
      .describe(
        'What callers can use: kinds of calls, and `streaming`, `tools`, `imageInput`. Absent: `chat`, with all three. Anything else is refused.',
      ),
    maxTokens: tokens
      .optional()
      .describe('Tokens of output that a call can ask for; more is refused. Absent: as for any call of the model.'),
    defaults: z
      .strictObject({
        maxTokens: tokens.optional().describe('Output limit where the caller gives none, told in `Faregate-Clamped`. Absent: `maxTokens`.'),
        temperature: z.number().min(0).max(2).optional().describe("Where the caller gives none. Absent: the model's own."),
        topP: z.number().min(0).max(1).optional().describe("Where the caller gives none. Absent: the model's own."),
      })
      .optional()
      .describe('What stands where callers say nothing.'),
    system: z
      .string()
      .min(1)
      .max(100_000)
      .optional()
      .describe('What the model is told before whatever its callers tell it. It is charged as a part of what is asked, and no secret.'),
  })
  .describe('Within which bounds the models are called. Absent: conversations are taken as they come.')

/** A policy as it is shown: as it was said. */
export const shownPolicy = policy.nullable().describe('Null: nothing is said.')
