import { shellWord } from '@faregate/core'
import { randomUUID } from 'node:crypto'
import type { Client } from '@faregate/contract'
import { Failure, UsageError, type Call, type Command, type Option } from '../command.ts'
import { table } from '../output.ts'
import { placeOf } from '../place.ts'

const list: Command = {
  name: 'provider list',
  summary: 'List providers; their keys are never shown',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listProviders({})
    const rows = data.map((provider) => [
      provider.name,
      provider.kind,
      provider.baseUrl,
      keysOf(provider),
      provider.state,
      provider.lastError,
      placeOf(provider.managedBy),
    ])
    call.output.result(data, table(['name', 'kind', 'base url', 'keys', 'state', 'last error', 'defined in'], rows))
  },
}

function keysOf(provider: { keyless: boolean; keys: { lastFour: string }[] }): string {
  if (provider.keyless) return 'none needed'
  return provider.keys.length === 0 ? 'none' : provider.keys.map((key) => `…${key.lastFour}`).join(' ')
}

const KEY: Option[] = [
  { flags: '--key-from <variable>', summary: 'environment variable that holds its key' },
  { flags: '--key-stdin', summary: 'read its key from standard input' },
]

const BASE_URL: Option = { flags: '--base-url <url>', summary: 'where it lives (the usual place of its kind)' }

const LIVE: Option = { flags: '--test', summary: 'then make a small real call to it, and say what happened' }

const add: Command = {
  name: 'provider add',
  summary: 'Connect a provider, without a restart; its key is read from standard input or from a variable',
  args: ['<name>'],
  options: [{ flags: '--kind <kind>', summary: 'openai, openai-compatible, demo, … (the name)' }, BASE_URL, ...KEY, LIVE],
  async run(call) {
    const [name = ''] = call.args
    const body = { name, kind: call.options.text('kind') ?? name, ...(await accountOf(call)) }
    const client = await call.client()
    const provider = await client.createProvider({ body, idempotencyKey: randomUUID() })
    const connected = `${provider.name} is connected at ${provider.baseUrl}.`
    if (call.options.is('test')) return tested(call, client, name, { value: provider, text: connected })
    call.output.result(provider, `${connected} Try it: faregate provider test ${shellWord(provider.name)}`)
  },
}

const set: Command = {
  name: 'provider set',
  summary: 'Move a provider, or replace its key, without a restart',
  args: ['<name>'],
  options: [BASE_URL, ...KEY, LIVE],
  async run(call) {
    const [name = ''] = call.args
    const body = await accountOf(call)
    if (Object.keys(body).length === 0) throw new UsageError('say what to change: --base-url, --key-from or --key-stdin')
    const client = await call.client()
    const provider = await client.updateProvider({ params: { name }, body })
    const moved = `${provider.name} is at ${provider.baseUrl} with ${keysOf(provider)}.`
    if (call.options.is('test')) return tested(call, client, name, { value: provider, text: moved })
    call.output.result(provider, moved)
  },
}

/** Where the account is and what opens it, as far as it was given. */
async function accountOf(call: Call): Promise<{ baseUrl?: string; apiKey?: string }> {
  const variable = call.options.text('keyFrom')
  const apiKey = variable === undefined ? await keyFromStdin(call.options.is('keyStdin')) : keyFromVariable(call.environment, variable)
  return { ...call.options.some('baseUrl'), ...(apiKey === undefined ? {} : { apiKey }) }
}

/** A key on the command line would stand in the shell's history and in the list of processes. */
function keyFromVariable(environment: NodeJS.ProcessEnv, variable: string): string {
  const key = environment[variable]
  if (key === undefined || key === '') throw new UsageError(`${variable} is not set`)
  return key
}

async function keyFromStdin(wanted: boolean): Promise<string | undefined> {
  if (!wanted) return undefined
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  if (text.trim() === '') throw new UsageError('standard input holds no key')
  return text.trim()
}

const test: Command = {
  name: 'provider test',
  summary: 'Make a small real call to a provider and say what happened',
  args: ['<name>'],
  options: [{ flags: '--keys', summary: 'call no model: only ask whether it takes its keys, which costs nothing' }],
  async run(call) {
    const [name = ''] = call.args
    return tested(call, await call.client(), name)
  },
}

/** Says what came of a small real call, behind what was `saved` before it; what is saved stays so. */
async function tested(call: Call, client: Client, name: string, saved?: { value: object; text: string }): Promise<void> {
  const result = await client.testProvider({ params: { name }, body: call.options.is('keys') ? { keysOnly: true } : {} })
  const text = `${result.message} (${result.latencyMs} ms)`
  if (saved === undefined) call.output.result(result, text)
  else call.output.result({ ...saved.value, test: result }, `${saved.text}\n${text}`)
  if (!result.ok) throw new Failure(`${name} does not work.`, 'Check its base URL and key: faregate provider list')
}

const remove: Command = {
  name: 'provider remove',
  summary: 'Disconnect a provider',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    await client.deleteProvider({ params: { name } })
    call.output.result({ name, removed: true }, `${name} is disconnected.`)
  },
}

export const providerCommands = [list, add, set, test, remove]
