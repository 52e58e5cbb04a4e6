import { CALL_FIELDS } from './calls.ts'
import type { Fields } from './field.ts'
import { PRESENTATION_FIELDS } from './presentation.ts'
import { UPSTREAM_FIELDS } from './upstreams.ts'

/** Every field of the definition of an API. */
export const API_FIELDS: Fields = { ...CALL_FIELDS, ...UPSTREAM_FIELDS, ...PRESENTATION_FIELDS }
