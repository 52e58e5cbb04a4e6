import { randomUUID } from 'node:crypto'
import { RELEASE_FLAWS, type RouteOutput, type Routes } from '@faregate/contract'
import { UsageError, type Command } from '../command.ts'
import { changeTable } from '../document.ts'
import { fieldTable } from '../field-table.ts'
import { fields, shortTime, table } from '../output.ts'
import { behind, promptText } from '../prompt-text.ts'
import { listedAs, VISIBILITY } from './api-catalogue.ts'

type Release = RouteOutput<Routes['getApiRelease']>
type Flaw = (typeof RELEASE_FLAWS)[number]

const publish: Command = {
  name: 'api publish',
  summary: 'Publish the draft of an API as its next release, in force within a second',
  args: ['<name>'],
  options: [
    { flags: '--note <text>', summary: 'what is new, for people' },
    {
      flags: '--override <code>',
      summary: `publish although the doctor says this; audited: ${RELEASE_FLAWS.join(', ')}`,
      repeatable: true,
    },
    VISIBILITY,
  ],
  async run(call) {
    const [name = ''] = call.args
    const note = call.options.text('note')
    const override = (call.options.list('override') ?? []).map(flawOf)
    const client = await call.client()
    const { revision, base } = await client.getApiDraft({ params: { name } })
    const body = { revision, base, override, ...(note === undefined ? {} : { note }), ...listedAs(call) }
    const release = await client.publishApi({ params: { name }, body, idempotencyKey: randomUUID() })
    call.output.result(release, `Release ${release.number} of ${name} is in force at ${release.url}.\n\n${differences(release)}`)
  },
}

/** What the doctor can say, by its code. @throws UsageError */
export function flawOf(text: string): Flaw {
  const known = RELEASE_FLAWS.find((one) => one === text)
  if (known === undefined) throw new UsageError(`--override is "${text}": one of ${RELEASE_FLAWS.join(', ')}`)
  return known
}

function differences({ changes, apiChanges }: Release): string {
  const documents = apiChanges.length === 0 ? [] : ['', changeTable(apiChanges)]
  return [fieldTable(changes, 'before', 'now'), ...documents].join('\n')
}

const releases: Command = {
  name: 'api releases',
  summary: 'List the releases of an API, newest first',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const { data } = await client.listApiReleases({ params: { name } })
    const rows = data.map((row) => [
      row.number,
      row.inForce ? 'in force' : '',
      row.routes,
      shortTime(row.publishedAt),
      row.publishedBy,
      row.note,
    ])
    call.output.result(data, table(['release', '', 'routes', 'published', 'by', 'note'], rows))
  },
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
    ['release', `${release.number} of ${release.api}${release.inForce ? ', in force' : ''}`],
    ['published', `${shortTime(release.publishedAt) ?? ''} by ${release.publishedBy}`],
    ['note', release.note ?? undefined],
    ['overridden', release.overridden.length === 0 ? undefined : release.overridden.join(', ')],
    ['url', release.url],
    [release.prompt === null ? 'upstream' : 'asks', behind(release)],
    ['routes', release.prompt === null ? release.routes.length : undefined],
  ])
  return release.prompt === null ? facts : `${facts}\n\n${promptText(release.prompt)}`
}

const rollback: Command = {
  name: 'api rollback',
  summary: 'Put an earlier release of an API in force again, exactly as it was',
  args: ['<name>', '<number>'],
  async run(call) {
    const [name = '', number = ''] = call.args
    const client = await call.client()
    const release = await client.rollbackApi({ params: { name }, body: { release: Number(number) }, idempotencyKey: randomUUID() })
    call.output.result(release, `Release ${release.number} of ${name} is in force again.\n\n${differences(release)}`)
  },
}

export const apiReleaseCommands = [publish, releases, show, rollback]
