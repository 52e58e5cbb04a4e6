import { STAGES } from '@faregate/core'
import { z } from 'zod'
import { comparison } from './api-design.ts'
import { firstListing } from './api-presentation.ts'
import { apiName, shownMembers } from './apis.ts'
import { canaryTerms, shownCanaryTerms } from './canary-terms.ts'
import { byName, time } from './common.ts'
import type { RouteSpec } from './route.ts'

/** What the doctor can say against a release. What is wrong with the definition itself cannot be overridden. */
export const RELEASE_FLAWS = ['price_missing', 'unsold', 'unpayable', 'upstream_dead', 'checks_failed'] as const

/** What the doctor says and is not to be listened to. */
export const override = z
  .array(z.enum(RELEASE_FLAWS))
  .max(RELEASE_FLAWS.length)
  .default([])
  .describe('Publish although the doctor says this; it is audited.')

const facts = {
  number: z.number().describe('From 1. A release never changes.'),
  inForce: z.boolean(),
  canary: z.object(shownCanaryTerms).nullable().describe('For which calls it is tried beside the one in force; null: it is not.'),
  staged: z.boolean().describe('Whether it is in staging.'),
  inForceAt: time.nullable().describe('When it was first in force for all callers; null: it never was.'),
  note: z.string().nullable(),
  overridden: z.array(z.string()).describe('What the doctor said against it, and was overridden.'),
  publishedBy: z.string(),
  publishedAt: time,
}

/** A release beside another one. */
export const release = z
  .object({
    api: z.string(),
    ...facts,
    ...shownMembers,
    document: z.boolean().describe('Whether it has an OpenAPI document.'),
    ...comparison,
  })
  .meta({ title: 'ApiRelease' })

const number = z.coerce.number().int().min(1).max(1_000_000_000)

const tag = 'API releases'

export const apiReleaseRoutes = {
  listApiReleases: {
    method: 'GET',
    path: '/api/apis/{name}/releases',
    tag,
    summary: 'List the releases of an API, newest first',
    permission: 'apis:read',
    params: byName,
    status: 200,
    response: z.object({ data: z.array(z.object({ ...facts, routes: z.number() })), next: z.null() }),
  },
  publishApi: {
    method: 'POST',
    path: '/api/apis/{name}/releases',
    tag,
    summary: 'Publish the draft of an API as its next release, in force within a second, unless the doctor says something against it',
    permission: 'apis:write',
    params: z.object({ name: apiName }),
    body: z.strictObject({
      revision: z.int().min(1).describe('Of the draft that is to be published: nothing else is.'),
      base: z.int().min(0).optional().describe('The release that was in force when the draft was looked at; 0: none.'),
      listing: firstListing,
      note: z.string().trim().min(1).max(500).optional().describe('What is new, for people.'),
      override,
      stage: z.enum(STAGES).default('production').describe('Where it is to serve.'),
      canary: canaryTerms.optional().describe('Try it beside the release in force, instead of putting it in force.'),
    }),
    status: 201,
    response: release,
    idempotent: true,
  },
  getApiRelease: {
    method: 'GET',
    path: '/api/apis/{name}/releases/{number}',
    tag,
    summary: 'See a release of an API, and in what it differs from the one before, or from another',
    permission: 'apis:read',
    params: byName.extend({ number }),
    query: z.strictObject({ against: number.optional().describe('The release to compare with; absent: the one before.') }),
    status: 200,
    response: release,
  },
  rollbackApi: {
    method: 'POST',
    path: '/api/apis/{name}/rollback',
    tag,
    summary: 'Put an earlier release of an API in force again, exactly as it was, for all callers',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ release: z.int().min(1) }),
    status: 200,
    response: release,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>
