import { z } from 'zod'
import { apiName, members, shownMembers } from './apis.ts'
import { byName, decimal, id, nothing, time } from './common.ts'
import type { RouteSpec } from './route.ts'

/** A document may be so large; in the body of a call it is text within JSON, which makes it longer. */
export const MOST_DOCUMENT_BYTES = 5 * 1024 * 1024
const BODY_BYTES = 2 * MOST_DOCUMENT_BYTES

const document = z.string().min(1).max(MOST_DOCUMENT_BYTES)

const sources = {
  document: document.optional().describe('The OpenAPI document as text, JSON or YAML; version 2.0, 3.0, 3.1 or 3.2.'),
  url: z
    .string()
    .max(2000)
    .optional()
    .describe('Where the document is, on the public internet, instead of its text. Nothing that it refers to is fetched.'),
}

const finding = z
  .object({
    level: z.enum(['error', 'warning']),
    rule: z.string(),
    message: z.string(),
    pointer: z.string().describe('JSON pointer of the part that it is about.'),
    line: z.number().describe('Of the text that was sent, from 1.'),
    column: z.number(),
  })
  .meta({ title: 'Finding' })

const apiChange = z
  .object({
    kind: z.enum(['added', 'removed', 'changed', 'documentation']),
    breaking: z.boolean().describe('Whether a client that was right before may fail now.'),
    at: z.string(),
    what: z.string(),
  })
  .meta({ title: 'ApiChange' })

/** A member in which two definitions differ. */
export const fieldChange = z
  .object({
    field: z.string(),
    before: z.unknown().describe('Null: it was not there.'),
    after: z.unknown().describe('Null: it is not there any more.'),
  })
  .meta({ title: 'FieldChange' })

const design = z.object({ title: z.string(), version: z.string(), openapi: z.string() })

/** A definition beside the one in force, and in what it differs. */
export const comparison = {
  changes: z.array(fieldChange).describe('Member by member: what would change.'),
  apiChanges: z
    .array(apiChange)
    .describe('What callers would notice: of how they prove who they are, and of what the documents say. Breaking changes first.'),
}

const draft = z
  .object({
    name: z.string(),
    revision: z.number().describe('Counts the changes of the draft.'),
    base: z.number().describe('The release in force when the draft was begun; 0: none.'),
    ...shownMembers,
    document: z.boolean().describe('Whether it has an OpenAPI document.'),
    documentId: z.string().nullable().describe('By which the draft is mocked, for whoever is told it: `Prefer: document=doc_…`.'),
    changedBy: z.string(),
    updatedAt: time,
    ...comparison,
  })
  .meta({ title: 'ApiDraft' })

const tag = 'API design'

export const apiDesignRoutes = {
  checkDocument: {
    method: 'POST',
    path: '/api/documents/check',
    tag,
    summary: 'Lint an OpenAPI document, and say in what it differs from another one; nothing is kept',
    permission: 'apis:read',
    body: z.strictObject({ ...sources, before: document.optional().describe('The version before, to compare with.') }),
    bodyLimit: 2 * BODY_BYTES,
    status: 200,
    response: z.object({
      valid: z.boolean(),
      documentId: z.string().nullable().describe('What it would be called if it were kept. Null: it cannot be.'),
      design: design.nullable(),
      findings: z.array(finding),
      changes: z.array(apiChange),
    }),
    idempotent: true,
  },
  importApi: {
    method: 'POST',
    path: '/api/apis/{name}/import',
    tag,
    summary: 'Make or update the draft of an API from its OpenAPI document; routes keep what a call costs',
    permission: 'apis:write',
    params: z.object({ name: apiName }),
    body: z.strictObject({
      ...sources,
      price: decimal.optional().describe('What a call of each new route costs. Absent: it has to be said before the draft is published.'),
      free: z.literal(true).optional().describe('New routes cost nothing.'),
      dryRun: z.boolean().default(false).describe('Say what would change, and keep nothing.'),
    }),
    bodyLimit: BODY_BYTES,
    status: 200,
    response: z.object({
      draft,
      design,
      findings: z.array(finding),
      added: z.array(z.string()).describe('Routes that are new.'),
      removed: z.array(z.string()).describe('Routes that the document described before, and does not now.'),
      changes: z.array(apiChange).describe('In what the document differs from the one before.'),
    }),
    idempotent: true,
  },
  listApiDrafts: {
    method: 'GET',
    path: '/api/api-drafts',
    tag,
    summary: 'List drafts of APIs',
    permission: 'apis:read',
    status: 200,
    response: z.object({
      data: z.array(
        z.object({ name: z.string(), revision: z.number(), base: z.number(), routes: z.number(), changedBy: z.string(), updatedAt: time }),
      ),
      next: z.null(),
    }),
  },
  getApiDraft: {
    method: 'GET',
    path: '/api/apis/{name}/draft',
    tag,
    summary: 'See the draft of an API, and in what it differs from what is in force',
    permission: 'apis:read',
    params: byName,
    status: 200,
    response: draft,
  },
  updateApiDraft: {
    method: 'PATCH',
    path: '/api/apis/{name}/draft',
    tag,
    summary: 'Change the draft of an API, or begin one; nothing of it is in force; null takes a member away',
    permission: 'apis:write',
    params: z.object({ name: apiName }),
    body: z.strictObject({
      ...members,
      routes: members.routes.describe('All routes, in place of those that it has.'),
      document: document
        .nullable()
        .optional()
        .describe('Its OpenAPI document as text, JSON or YAML, in place of the one that it has; its routes stay as they are.'),
      organization: id.optional().describe('Whose a new API is, for good. Absent: of whoever begins it.'),
      rebase: z.literal(true).optional().describe('Take what is in force now as what the draft was begun on.'),
      prices: z
        .record(z.string(), z.union([decimal, z.literal('free')]))
        .optional()
        .describe(
          'What calls of some of its routes cost, by their names: `{"GET /forecast/{city}": "0.002", "GET /status": "free"}`; `*`: of all others without a price.',
        ),
      dryRun: z.boolean().default(false).describe('Say what would change, and keep nothing.'),
    }),
    bodyLimit: BODY_BYTES,
    status: 200,
    response: draft,
  },
  deleteApiDraft: {
    method: 'DELETE',
    path: '/api/apis/{name}/draft',
    tag,
    summary: 'Discard the draft of an API; what is in force stays',
    permission: 'apis:write',
    params: byName,
    status: 204,
    response: nothing,
  },
  getApiDocument: {
    method: 'GET',
    path: '/api/apis/{name}/document',
    tag,
    summary: 'The OpenAPI document of an API, in the words of OpenAPI 3.1: of what is in force, or of the draft',
    permission: 'apis:read',
    params: byName,
    query: z.strictObject({
      of: z.enum(['release', 'draft']).default('release'),
      release: z.coerce.number().int().min(1).optional().describe('Of this release, instead of the one in force.'),
    }),
    status: 200,
    response: z.string(),
    media: 'application/json',
  },
} as const satisfies Record<string, RouteSpec>
