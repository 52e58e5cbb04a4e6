import { shellWord } from '@faregate/core'
import { copyFile, mkdir } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { basename, dirname, join, resolve } from 'node:path'
import { Failure, type Call, type Command } from '../command.ts'
import { examine } from '../doctor/examine.ts'
import { rigOf, type Asks } from '../doctor/rig.ts'

const SIGNS = { ok: '✓', warning: '!', failed: '✗' } as const

const doctor: Command = {
  name: 'doctor',
  summary: 'Examine the running gateway: what is right, what is not, where, and how to mend it',
  options: [
    { flags: '--calls', summary: "make a small real call with each provider's key, which may cost a little" },
    { flags: '--no-calls', summary: 'ask nothing of providers and of the upstreams of APIs, not even what is free' },
  ],
  async run(call) {
    const rig = rigOf(await call.client(), call.gateway(), { asks: asksOf(call), now: Date.now })
    const findings = await examine(rig)
    const lines = findings.map((finding) => {
      const place = finding.place === undefined ? '' : ` (${finding.place})`
      const fix = finding.fix === undefined ? '' : `\n    → ${finding.fix}`
      return `${SIGNS[finding.result]} ${finding.check}: ${finding.detail}${place}${fix}`
    })
    call.output.result(findings, lines.join('\n'))
    const failed = findings.filter((finding) => finding.result === 'failed').length
    if (failed > 0) throw new Failure(`${failed} of ${findings.length} checks failed.`)
  },
}

function asksOf({ options }: Call): Asks {
  if (options.isOff('calls')) return 'nothing'
  return options.is('calls') ? 'a call' : 'what is free'
}

const backup: Command = {
  name: 'backup',
  summary: 'Write everything into one file while the gateway runs',
  args: ['[file]'],
  async run(call) {
    const [file] = call.args
    const client = await call.client()
    const body = file === undefined ? {} : { name: basename(file) }
    const made = await client.createBackup({ body, idempotencyKey: randomUUID() })
    const kept = file === undefined || file === basename(file) ? made.file : await copyTo(made.file, resolve(file))
    call.output.result({ ...made, file: kept }, `${kept} (${made.bytes} bytes)`)
  },
}

/** The gateway writes into its own folder; a path elsewhere gets a copy. */
async function copyTo(from: string, to: string): Promise<string> {
  await mkdir(dirname(to), { recursive: true })
  await copyFile(from, to)
  return to
}

const restore: Command = {
  name: 'restore',
  summary: 'Replace everything by a backup, while the gateway runs; what was there is backed up first',
  args: ['<file>'],
  options: [{ flags: '--yes', summary: 'do not ask' }],
  async run(call) {
    const [file = ''] = call.args
    if (!call.options.is('yes'))
      throw new Failure(
        `This replaces everything in the gateway by ${file}.`,
        `If that is what you want: faregate restore ${shellWord(file)} --yes`,
      )
    const client = await call.client()
    const name = await bringIntoFolder(call, file)
    const restored = await client.restoreBackup({ body: { file: name }, idempotencyKey: randomUUID() })
    call.output.result(restored, `Restored ${restored.restored}. What was there before is in ${restored.previous}.`)
  },
}

/** The gateway reads backups from its own folder alone; a file that lies elsewhere is copied there. */
async function bringIntoFolder(call: Call, file: string): Promise<string> {
  const name = basename(file)
  if (name === file) return name
  const folder = join(call.gateway().directory, 'backups')
  if (dirname(resolve(file)) !== folder) await copyTo(resolve(file), join(folder, name))
  return name
}

export const operateCommands = [doctor, backup, restore]
