import { RELEASE_FLAWS } from '@faregate/contract'
import { shellWord } from '@faregate/core'
import { Failure, type Call, type Command } from '../command.ts'
import { flawOf } from '../release-text.ts'

const exportFiles: Command = {
  name: 'export',
  summary:
    'Write the configuration as a folder of files, or, without one, what the database configures as YAML for the configuration file; secrets become references to the environment',
  args: ['[folder]'],
  async run(call) {
    const [folder] = call.args
    if (folder === undefined) return exportOneFile(call)
    const { readInForce, writeFolder } = await import('../files/index.ts')
    const client = await call.client()
    const inForce = await readInForce(client)
    const { files, variables } = await writeFolder(folder, inForce, client)
    const unseen = inForce.unseen.map(({ name }) => name)
    const { doubtful } = inForce.names
    call.output.result(
      { folder, files, variables, leftOut: { unseen, doubtful } },
      [
        `Wrote ${files.length} files into ${folder}.`,
        ...(variables.length === 0 ? [] : [`Secrets are not in them: faregate apply reads ${variables.join(', ')} from the environment.`]),
        ...(unseen.length === 0 ? [] : [`Left out, because the token may not see them: ${unseen.join(', ')}.`]),
        ...(doubtful.length === 0 ? [] : [`Left out, because several organizations are called so: ${doubtful.join(', ')}.`]),
      ].join('\n'),
    )
  },
}

async function exportOneFile(call: Call): Promise<void> {
  const client = await call.client()
  const exported = await client.exportConfiguration({})
  call.output.result(exported, exported.yaml.trimEnd())
}

/** What `apply --dry-run` exits with where something would change. */
const WOULD_CHANGE = 2

const apply: Command = {
  name: 'apply',
  summary: 'Put a folder of files in force: says what differs, member by member, changes that, and nothing where nothing differs',
  args: ['<folder>'],
  options: [
    { flags: '--dry-run', summary: 'only say what would change; exits with 2 where something would' },
    { flags: '--prune', summary: 'remove what is in force and not in the folder; never organizations, plans or money' },
    { flags: '--yes', summary: 'remove without asking' },
    {
      flags: '--override <code>',
      summary: `publish APIs although the doctor says this; audited: ${RELEASE_FLAWS.join(', ')}`,
      repeatable: true,
    },
    { flags: '--replace-drafts', summary: 'discard drafts of APIs that are not what the folder says' },
  ],
  async run(call) {
    const [folder = ''] = call.args
    const { options, output } = call
    const files = await import('../files/index.ts')
    const read = await files.readFolder(folder, call.environment)
    const { comparison, writing } = await files.checked(read, await call.client(), {
      prune: options.is('prune'),
      override: (options.list('override') ?? []).map(flawOf),
      replaceDrafts: options.is('replaceDrafts'),
      say: (text) => output.note(text),
    })
    output.note(files.comparisonText(comparison))
    const { changes } = comparison
    const dry = options.is('dryRun')
    if (!dry && changes.length > 0) {
      confirmed(call, folder, changes.filter(({ action }) => action === 'remove').length)
      await files.apply(comparison, writing)
    }
    if (output.json) output.result({ applied: !dry, ...files.comparisonJson(comparison) }, '')
    else if (!dry && changes.length > 0) output.note(`${folder} is in force.`)
    if (dry && changes.length > 0) throw new Failure('Nothing was changed: this was a dry run.', undefined, WOULD_CHANGE)
  },
}

function confirmed({ options }: Call, folder: string, removed: number): void {
  if (removed === 0 || options.is('yes')) return
  throw new Failure(`This removes ${removed}.`, `If that is what you want: faregate apply ${shellWord(folder)} --prune --yes`)
}

export const fileCommands = [exportFiles, apply]
