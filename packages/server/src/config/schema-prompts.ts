import { promptMembers } from '@faregate/contract/prompts'
import { z } from 'zod'

/** Published prompts in the configuration file. What this cannot see is checked by `checkApis`. */

const { model, system, user, variables, output, maxTokens, temperature } = promptMembers

export const prompt = z
  .strictObject({
    model,
    system: system.optional(),
    user,
    variables: variables.default({}),
    output: output.optional(),
    maxTokens: maxTokens.optional(),
    temperature: temperature.optional(),
  })
  .optional()
  .describe('A prompt over a model, instead of a service: it has no upstream and no routes. `POST` to its prefix asks the model.')
