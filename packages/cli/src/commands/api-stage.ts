import type { RouteOutput, Routes } from '@faregate/contract'
import { UsageError, type Command } from '../command.ts'
import { differences, flawOf, OVERRIDE } from '../release-text.ts'

type Release = RouteOutput<Routes['getApiRelease']>

const stage: Command = {
  name: 'api stage',
  summary: 'Put a release of an API in staging, where keys of that stage call it below /staging; or take away what is there',
  args: ['<name>', '[release]'],
  options: [OVERRIDE, { flags: '--clear', summary: 'nothing is in staging any more' }],
  async run(call) {
    const [name = '', number] = call.args
    const client = await call.client()
    if (call.options.is('clear')) {
      await client.unstageApi({ params: { name } })
      return call.output.result({ name, staged: null }, `Nothing of ${name} is in staging any more.`)
    }
    if (number === undefined) throw new UsageError('say which release is put in staging, or --clear')
    const override = (call.options.list('override') ?? []).map(flawOf)
    const release = await client.stageApi({ params: { name }, body: { release: Number(number), override } })
    call.output.result(release, stagedText(release))
  },
}

/** Where a release is called in staging, and in what it differs from the one that was there. */
export function stagedText(release: Release): string {
  const { number, api, url, prefix } = release
  return `Release ${number} of ${api} is in staging at ${url.slice(0, -prefix.length)}/staging${prefix}.\n\n${differences(release)}`
}

export const apiStageCommands = [stage]
