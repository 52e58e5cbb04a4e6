import { randomUUID } from 'node:crypto'
import type { RouteOutput, Routes } from '@faregate/contract'
import type { Command } from '../command.ts'
import { fields, shortTime, table } from '../output.ts'
import { behind, modelledText } from '../prompt-text.ts'
import { differences, flawOf, OVERRIDE } from '../release-text.ts'
import { askedFor } from './api-approval.ts'
import { forWhom, termsOf, triedText } from './api-canary.ts'
import { stagedText } from './api-stage.ts'
import { listedAs, VISIBILITY } from './api-catalogue.ts'

type Release = RouteOutput<Routes['getApiRelease']>

const publish: Command = {
  name: 'api publish',
  summary: 'Publish the draft of an API as its next release, in force within a second',
  args: ['<name>'],
  options: [
    { flags: '--note <text>', summary: 'what is new, for people' },
    OVERRIDE,
    { flags: '--canary <percent>', summary: 'try it for so many of a hundred keys, instead of putting it in force' },
    { flags: '--canary-header <header>', summary: 'try it for calls with this header, like "X-Version: next"' },
    { flags: '--staging', summary: 'put it in staging, instead of putting it in force in production' },
    VISIBILITY,
  ],
  async run(call) {
    const [name = ''] = call.args
    const note = call.options.text('note')
    const override = (call.options.list('override') ?? []).map(flawOf)
    const client = await call.client()
    const { revision, base } = await client.getApiDraft({ params: { name } })
    const terms = termsOf(call.options.text('canary'), call.options.text('canaryHeader'))
    const tried = terms === undefined ? {} : { canary: terms }
    const stage = call.options.is('staging') ? { stage: 'staging' as const } : {}
    const body = { revision, base, override, ...stage, ...(note === undefined ? {} : { note }), ...tried, ...listedAs(call) }
    if (!call.options.is('staging') && (await askedFor(call, client, name, { publish: body }))) return undefined
    const release = await client.publishApi({ params: { name }, body, idempotencyKey: randomUUID() })
    if (release.staged) return call.output.result(release, stagedText(release))
    if (terms !== undefined) return call.output.result(release, triedText(release))
    return call.output.result(release, `Release ${release.number} of ${name} is in force at ${release.url}.\n\n${differences(release)}`)
  },
}

const releases: Command = {
  name: 'api releases',
  summary: 'List the releases of an API, newest first',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const { data } = await client.listApiReleases({ params: { name } })
    const rows = data.map((row) => [row.number, standing(row), row.routes, shortTime(row.publishedAt), row.publishedBy, row.note])
    call.output.result(data, table(['release', '', 'routes', 'published', 'by', 'note'], rows))
  },
}

function standing({ inForce, canary, staged }: Pick<Release, 'inForce' | 'canary' | 'staged'>): string {
  const serves = canary === null ? (inForce ? 'in force' : '') : `tried ${forWhom(canary)}`
  return [serves, staged ? 'in staging' : ''].filter((part) => part !== '').join(', ')
}

const show: Command = {
  name: 'api release',
  summary: 'Show a release of an API, and in what it differs from the one before, or from another',
  args: ['<name>', '<number>'],
  options: [{ flags: '--against <number>', summary: 'the release to compare with' }],
  async run(call) {
    const [name = '', number = ''] = call.args
    const against = call.options.text('against')
    const client = await call.client()
    const query = against === undefined ? {} : { query: { against } }
    const release = await client.getApiRelease({ params: { name, number }, ...query })
    call.output.result(release, `${shown(release)}\n\n${differences(release)}`)
  },
}

function shown(release: Release): string {
  const facts = fields([
    ['release', [`${release.number} of ${release.api}`, standing(release)].filter((part) => part !== '').join(', ')],
    ['published', `${shortTime(release.publishedAt) ?? ''} by ${release.publishedBy}`],
    ['note', release.note ?? undefined],
    ['overridden', release.overridden.length === 0 ? undefined : release.overridden.join(', ')],
    ['url', release.url],
    [release.kind === 'http' ? 'upstream' : 'asks', behind(release)],
    ['routes', release.kind === 'http' ? release.routes.length : undefined],
  ])
  const modelled = modelledText(release)
  return modelled === undefined ? facts : `${facts}\n\n${modelled}`
}

const rollback: Command = {
  name: 'api rollback',
  summary: 'Put an earlier release of an API in force again, exactly as it was, for all callers',
  args: ['<name>', '<number>'],
  async run(call) {
    const [name = '', number = ''] = call.args
    const client = await call.client()
    const release = await client.rollbackApi({ params: { name }, body: { release: Number(number) }, idempotencyKey: randomUUID() })
    call.output.result(release, `Release ${release.number} of ${name} is in force again.\n\n${differences(release)}`)
  },
}

export const apiReleaseCommands = [publish, releases, show, rollback]
