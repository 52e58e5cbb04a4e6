import { PROMPT_VARIABLE_TYPES } from '@faregate/core'
import { z } from 'zod'
import { nullable } from './api-proxying.ts'

const MOST_TEMPLATE = 100_000

const variable = z
  .strictObject({
    type: z.enum(PROMPT_VARIABLE_TYPES).describe('What its values are.'),
    description: z.string().min(1).max(1000).optional().describe('For whoever reads the document of the API.'),
    enum: z.array(z.string().min(1).max(1000)).min(1).max(200).optional().describe('Of text: it is one of these.'),
    default: z
      .union([z.string().max(10_000), z.number(), z.boolean()])
      .optional()
      .describe('A value of its type, which stands where the caller sends nothing. Absent: the variable is required.'),
  })
  .meta({ title: 'PromptVariable' })

const template = z.string().min(1).max(MOST_TEMPLATE)
const output = z.record(z.string(), z.unknown())

/** What a prompt holds: for the management API and for the configuration file alike. */
export const promptMembers = {
  model: z
    .string()
    .min(1)
    .max(200)
    .describe('The model that is asked, by the name that its callers use. A call costs what a call of it costs.'),
  system: template.describe('What the model is told before it is asked, with `{{name}}` for the value of a variable.'),
  user: template.describe('What the model is asked, with `{{name}}` for the value of a variable. There is no logic.'),
  variables: z.record(z.string().min(1).max(64), variable).describe('What callers send, by name.'),
  output: output.describe('JSON Schema of the object that the model is to answer with. Absent: the answer is text.'),
  maxTokens: z.int().min(1).max(100_000_000).describe('The most output tokens of an answer. Absent: as for any call of the model.'),
  temperature: z.number().min(0).max(2).describe("Passed on to the model. Absent: the model's own."),
}

const { model, user, variables, ...nullableMembers } = promptMembers

/** A prompt as it is sent: absent members stay, null takes one away. */
export const prompt = z
  .strictObject({
    model: model.optional(),
    user: user.optional(),
    variables: variables.optional().describe('What callers send, by name. All of them, in place of those that it has.'),
    ...nullable(nullableMembers),
  })
  .meta({ title: 'PromptChange' })

/** A prompt as it is shown. */
export const shownPrompt = z
  .object({
    model: z.string(),
    system: z.string().nullable(),
    user: z.string(),
    variables: z.record(
      z.string(),
      z.object({
        type: z.enum(PROMPT_VARIABLE_TYPES),
        description: z.string().nullable(),
        enum: z.array(z.string()).nullable(),
        default: z.union([z.string(), z.number(), z.boolean()]).nullable().describe('Null: it is required.'),
      }),
    ),
    output: output.nullable().describe('Null: the answer is text.'),
    maxTokens: z.number().nullable(),
    temperature: z.number().nullable(),
  })
  .meta({ title: 'Prompt' })
