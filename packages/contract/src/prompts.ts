import { PROMPT_VARIABLE_TYPES } from '@faregate/core'
import { z } from 'zod'

const MOST_TEMPLATE = 100_000

const variable = z
  .strictObject({
    type: z.enum(PROMPT_VARIABLE_TYPES),
    description: z.string().min(1).max(1000).optional().describe('For whoever reads the document of the API.'),
    enum: z.array(z.string().min(1).max(1000)).min(1).max(200).optional().describe('Of text: it is one of these.'),
    default: z
      .union([z.string().max(10_000), z.number(), z.boolean()])
      .optional()
      .describe('Stands where the caller sends nothing. Absent: the variable is required.'),
  })
  .meta({ title: 'PromptVariable' })

const template = z.string().max(MOST_TEMPLATE)
const variables = z.record(z.string().min(1).max(64), variable)
const output = z.record(z.string(), z.unknown())

/** A prompt as it is sent: absent members stay, null takes one away. */
export const prompt = z
  .strictObject({
    model: z.string().min(1).max(200).optional().describe('A model of this installation, by the name that its callers use.'),
    system: template
      .min(1)
      .nullable()
      .optional()
      .describe('What the model is told before it is asked. `{{name}}` stands for the value of a variable; there is no logic.'),
    user: template.min(1).optional().describe('What the model is asked, with `{{name}}` for the value of a variable.'),
    variables: variables.optional().describe('What callers send, by name. All of them, in place of those that it has.'),
    output: output
      .nullable()
      .optional()
      .describe('JSON Schema of the object that the model is to answer with. Absent: the answer is text.'),
    maxTokens: z.int().min(1).max(100_000_000).nullable().optional().describe('The most output tokens of an answer.'),
    temperature: z.number().min(0).max(2).nullable().optional(),
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
