import { PROMPT_VARIABLE_TYPES } from '@faregate/core'
import { z } from 'zod'

/** Published prompts in the configuration file. What this cannot see is checked by `checkApis`. */

const variable = z.strictObject({
  type: z.enum(PROMPT_VARIABLE_TYPES).describe('What its values are.'),
  description: z.string().min(1).optional().describe('For whoever reads the document of the API.'),
  enum: z.array(z.string().min(1)).min(1).optional().describe('Of text: it is one of these.'),
  default: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe('A value of its type, which stands where the caller sends nothing. Absent: the variable is required.'),
})

export const prompt = z
  .strictObject({
    model: z.string().min(1).describe('The model that is asked, by the name that its callers use. A call costs what a call of it costs.'),
    system: z
      .string()
      .min(1)
      .optional()
      .describe('What the model is told before it is asked, with `{{name}}` for the value of a variable.'),
    user: z.string().min(1).describe('What the model is asked, with `{{name}}` for the value of a variable. There is no logic.'),
    variables: z.record(z.string().min(1), variable).default({}).describe('What callers send, by name.'),
    output: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('JSON Schema of the object that the model is to answer with. Absent: the answer is text.'),
    maxTokens: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe('The most output tokens of an answer. Absent: as for any call of the model.'),
    temperature: z.number().min(0).max(2).optional().describe("Passed on to the model. Absent: the model's own."),
  })
  .optional()
  .describe('A prompt over a model, instead of a service: it has no upstream and no routes. `POST` to its prefix asks the model.')
