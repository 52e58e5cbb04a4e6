import type { ManagementDenial } from '@faregate/contract'
import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'

/** Turns what the schema found wrong into a refusal that names the member: by JSON pointer in a body, by name in a query. */
export function invalidRequest(issues: readonly ZodFastifySchemaValidationError[], context: string | undefined): ManagementDenial {
  const [first] = issues
  const path = first === undefined || first.instancePath === '/' ? '' : first.instancePath
  const unknown = first?.params['keys']
  const member = Array.isArray(unknown) ? `${path}/${escapePointer(String(unknown[0]))}` : path
  const problem = Array.isArray(unknown) ? 'unknown member' : (first?.message ?? 'invalid')
  if (context === 'body') return { code: 'request_invalid', detail: `${member === '' ? '/' : member}: ${problem}`, pointer: member }
  const place = context === 'querystring' ? 'query parameter' : context === 'params' ? 'path parameter' : 'header'
  return { code: 'request_invalid', detail: `${place} ${member.slice(1)}: ${problem === 'unknown member' ? 'unknown' : problem}` }
}

/** RFC 6901. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
