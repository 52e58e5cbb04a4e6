import { CALLER_FIELDS } from './callers.ts'
import { CALL_FIELDS } from './calls.ts'
import { CHECK_FIELDS, CONTRACT_FIELDS } from './contract.ts'
import type { Fields, KeptSeen } from './field.ts'
import { MODELS_FIELDS } from './models.ts'
import { PRESENTATION_FIELDS } from './presentation.ts'
import { PROMPT_FIELDS } from './prompts.ts'
import { STAGING_FIELDS } from './staging.ts'
import { UPSTREAM_FIELDS } from './upstreams.ts'

/** Every field of the definition of a service, or of models. */
export const API_FIELDS: Fields = { ...CALLER_FIELDS, ...CALL_FIELDS, ...UPSTREAM_FIELDS, ...PRESENTATION_FIELDS, ...MODELS_FIELDS }

/** Every field of a definition, of services, of prompts and of models. */
export const DEFINITION_FIELDS: Fields<KeptSeen> = {
  ...API_FIELDS,
  ...PROMPT_FIELDS,
  ...CONTRACT_FIELDS,
  ...CHECK_FIELDS,
  ...STAGING_FIELDS,
}
