import { randomUUID } from 'node:crypto'
import type { RouteOutput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Command, type Options } from '../command.ts'
import { askedFor } from './api-approval.ts'
import { differences, flawOf, OVERRIDE } from '../release-text.ts'

type Release = RouteOutput<Routes['getApiRelease']>
type Terms = NonNullable<Release['canary']>

const canary: Command = {
  name: 'api canary',
  summary: 'Try a release of an API beside the one in force, for some callers; say it again with another share, or stop it',
  args: ['<name>', '[release]'],
  options: [
    { flags: '--percent <number>', summary: 'of a hundred keys so many, always the same ones' },
    { flags: '--header <header>', summary: 'calls that carry it, like "X-Version: next"' },
    OVERRIDE,
    { flags: '--stop', summary: 'try nothing any more: the release in force serves everybody again' },
  ],
  async run(call) {
    const [name = '', number] = call.args
    const { options } = call
    const client = await call.client()
    if (options.is('stop')) {
      await client.stopApiCanary({ params: { name } })
      return call.output.result({ name, canary: null }, `The release in force of ${name} serves everybody again.`)
    }
    const terms = termsOf(options.text('percent'), options.text('header'))
    if (terms === undefined) throw new UsageError('say which callers get it: --percent 5, or --header "X-Version: next"; or --stop')
    const { canary: tried } = await client.getApi({ params: { name } })
    const meant = number === undefined ? tried?.release : Number(number)
    if (meant === undefined) throw new UsageError(`say which release is tried: faregate api canary ${name} 2 …`)
    const body = { release: meant, ...terms, override: overridden(options) }
    if (await askedFor(call, client, name, { canary: body })) return undefined
    const release = await client.setApiCanary({ params: { name }, body })
    return call.output.result(release, triedText(release))
  },
}

function overridden(options: Options) {
  return (options.list('override') ?? []).map(flawOf)
}

/** What `--percent` and `--header` say; undefined: nothing. */
export function termsOf(percent: string | undefined, header: string | undefined) {
  if (percent === undefined && header === undefined) return undefined
  const share = percent === undefined ? {} : { percent: percentOf(percent) }
  return header === undefined ? share : { ...share, header: headerOf(header) }
}

function percentOf(text: string): number {
  const percent = Number(text.replace(/%$/, ''))
  if (Number.isNaN(percent)) throw new UsageError(`"${text}" is no share: write a number up to 100, like 5`)
  return percent
}

function headerOf(text: string): { name: string; value: string } {
  const [, name, value] = /^([^:\s]+):\s*(.+)$/.exec(text.trim()) ?? []
  if (name === undefined || value === undefined) throw new UsageError(`"${text}" is no header: write "X-Version: next"`)
  return { name, value }
}

/** For whom a release is tried, and in what it differs from the one in force. */
export function triedText(release: Release): string {
  const { number, api, canary: terms } = release
  return `Release ${number} of ${api} is tried ${terms === null ? 'for nobody' : forWhom(terms)}.\n\n${differences(release)}`
}

export function forWhom({ percent, header }: Terms): string {
  const share = percent === null ? [] : [`for ${percent} % of the keys`]
  const asked = header === null ? [] : [`for calls with "${header.name}: ${header.value}"`]
  return [...share, ...asked].join(', and ')
}

const promote: Command = {
  name: 'api promote',
  summary: 'Put the release of an API that is tried, or that is in staging, in force for all callers',
  args: ['<name>'],
  options: [
    { flags: '--staging', summary: 'the one that is in staging' },
    { flags: '--over <release>', summary: 'with --staging: although this release was put in force since it was made' },
    OVERRIDE,
  ],
  async run(call) {
    const [name = ''] = call.args
    const release = await (call.options.is('staging') ? promoteStaged(call, name) : promoteTried(call, name))
    if (release === undefined) return undefined
    return call.output.result(release, `Release ${release.number} of ${name} is in force for everybody.\n\n${differences(release)}`)
  },
}

async function promoteTried(call: Call, name: string): Promise<Release | undefined> {
  const client = await call.client()
  const { canary: tried } = await client.getApi({ params: { name } })
  if (tried === null) throw new UsageError(`no release of ${name} is being tried: faregate api canary ${name} RELEASE --percent 5`)
  const body = { release: tried.release }
  if (await askedFor(call, client, name, { promote: body })) return undefined
  return client.promoteApiCanary({ params: { name }, body, idempotencyKey: randomUUID() })
}

async function promoteStaged(call: Call, name: string): Promise<Release | undefined> {
  const client = await call.client()
  const { data } = await client.listApiReleases({ params: { name } })
  const staged = data.find((one) => one.staged)
  if (staged === undefined) throw new UsageError(`nothing of ${name} is in staging: faregate api stage ${name} RELEASE`)
  const over = call.options.text('over')
  const body = { release: staged.number, override: overridden(call.options), ...(over === undefined ? {} : { base: Number(over) }) }
  if (await askedFor(call, client, name, { promoteStaged: body })) return undefined
  return client.promoteStagedApi({ params: { name }, body, idempotencyKey: randomUUID() })
}

export const apiCanaryCommands = [canary, promote]
