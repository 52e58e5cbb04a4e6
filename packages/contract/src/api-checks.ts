import { VALIDATION_MODES } from '@faregate/core'
import { z } from 'zod'

/** How the calls of an API are held to its document, and which calls are saved with it. */

const mode = z.enum(VALIDATION_MODES)

export const validation = z
  .strictObject({
    request: mode.optional().describe('Paths, queries, headers and bodies of requests. `enforce`: what differs is refused. Absent: `off`.'),
    response: mode
      .optional()
      .describe('Statuses, headers and bodies of answers. `enforce`: what differs is not passed on and not charged. Absent: `off`.'),
  })
  .describe(
    'Whether calls are compared with the OpenAPI document of the release: `off`, `report` (they are served, and what differs is counted) or `enforce`.',
  )

const pointer = z
  .string()
  .regex(/^(\/([^~/]|~[01])*)*$/, 'a JSON pointer')
  .max(500)

const savedCall = z
  .strictObject({
    name: z.string().min(1).max(100).describe('By which a report tells of it.'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('Of the call.'),
    path: z.string().min(1).max(2000).describe('Below the prefix, with its query.'),
    headers: z
      .record(z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/), z.string().max(4096))
      .optional()
      .describe('Sent with it. Absent: none of its own.'),
    body: z.unknown().optional().describe('Sent as JSON. Absent: there is none.'),
    expect: z
      .strictObject({
        status: z.int().min(200).max(599).describe('Of the answer.'),
        headers: z.array(z.string().min(1).max(100)).max(50).optional().describe('Names of headers that must be there.'),
        present: z.array(pointer).max(100).optional().describe('JSON pointers into the body where something must be.'),
        equal: z.record(pointer, z.unknown()).optional().describe('What must be there, by JSON pointers.'),
      })
      .describe('What must be answered.'),
  })
  .meta({ title: 'SavedCall' })

export const checks = z
  .strictObject({
    calls: z.array(savedCall).max(100).describe('Calls, each with what must be answered to it.'),
    beforePublish: z
      .boolean()
      .optional()
      .describe('Whether each is made, whatever its method, before a draft is published: one that fails keeps it from being so.'),
  })
  .describe('Calls that are saved with the API, and made by its test. Absent: none.')

const said = z.array(z.object({ what: z.string(), why: z.string() }))

/** How the calls went that follow from a document, and the saved ones. */
export const contractReport = z
  .object({
    passed: z.number(),
    failed: z.number(),
    skipped: z.number(),
    operations: z.array(z.object({ operation: z.string(), passed: z.number(), failed: said, skipped: said })),
    unchecked: z.array(z.string()).describe('What of the document answers cannot be compared with.'),
  })
  .meta({ title: 'ContractReport' })
