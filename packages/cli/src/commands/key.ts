import { shellWord } from '@faregate/core'
import { randomUUID } from 'node:crypto'
import { capChange, capText } from '../caps.ts'
import { Failure, UsageError, type Call, type Command, type Options } from '../command.ts'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { LIMIT_OPTION, limitsChange, limitsText } from '../limits.ts'
import { DEFAULT_NAME, findOrganization } from '../lookup.ts'
import { shortTime, table } from '../output.ts'
import { IDENTITY_OPTIONS, identityOf, SIGNING_OPTION, signingText, useOf } from '../key-use.ts'
import { instantOf, secondsOf } from '../parse.ts'

type Key = RouteOutput<Routes['getKey']>

const keyList: Command = {
  name: 'key list',
  summary: 'List keys; the secrets are never shown again',
  options: [{ flags: '--organization <name>', summary: 'id or name (all)' }],
  async run(call) {
    const client = await call.client()
    const named = call.options.text('organization')
    const filter = named === undefined ? {} : { organization: (await findOrganization(client, named)).id }
    const { data } = await client.listKeys({ query: { limit: 500, ...filter } })
    const rows = data.map((key) => [
      key.id,
      key.name,
      `…${key.lastFour}`,
      key.state,
      key.models?.join(' ') ?? 'all',
      capText(key.cap),
      limitsText(key.limits),
      shortTime(key.expiresAt),
      shortTime(key.lastUsedAt),
    ])
    const owner = named === undefined || named === DEFAULT_NAME ? '' : ` --organization ${shellWord(named)}`
    const none = `No keys yet: faregate key create${owner} --credit 5`
    call.output.result(data, table(['id', 'name', 'key', 'state', 'models', 'cap', 'limits', 'expires', 'last used'], rows, none))
  },
}

const keyUpdate: Command = {
  name: 'key update',
  summary: 'Change the name, models, APIs, cap, limits, scopes, addresses or expiry of a key, in force within a second',
  args: ['<id>'],
  options: [
    { flags: '--name <name>', summary: 'name of the key' },
    { flags: '--models <models>', summary: 'the models that it may call, separated by commas' },
    { flags: '--all-models', summary: 'it may call every model' },
    { flags: '--apis <names>', summary: 'the published APIs that it may call, separated by commas' },
    { flags: '--all-apis', summary: 'it may call every published API' },
    { flags: '--cap <amount/period>', summary: 'how much may be spent with it: 1.00/day, 20/month, 5/total' },
    { flags: '--no-cap', summary: 'only the balance limits it' },
    LIMIT_OPTION,
    { flags: '--no-limits', summary: 'it may be used as often as its application and organization may' },
    {
      flags: '--scope <scope>',
      summary: 'what it may be used for: models, apis, count, explain, list, key; may be repeated',
      repeatable: true,
    },
    { flags: '--every-scope', summary: 'it may be used for everything' },
    { flags: '--address <address>', summary: 'where it may be used from, like 10.0.0.0/8; may be repeated', repeatable: true },
    { flags: '--any-address', summary: 'it may be used from anywhere' },
    { flags: '--expires <when>', summary: 'a date, a time, or a span: 2027-01-31, 30d' },
    { flags: '--no-expiry', summary: 'it does not expire' },
    ...IDENTITY_OPTIONS,
    { flags: '--no-identity', summary: 'it stands for nobody but who sends it' },
  ],
  async run(call) {
    const [id = ''] = call.args
    const body = changesOf(call.options)
    if (Object.keys(body).length === 0) {
      throw new UsageError('say what to change: faregate key update --help shows what can be')
    }
    const client = await call.client()
    const key = await client.updateKey({ params: { id }, body })
    call.output.result(key, `${key.id} is ${key.state}: ${termsOf(key)}.`)
  },
}

function changesOf(options: Options): RouteInput<Routes['updateKey']>['body'] {
  const [models, apis] = [options.text('models'), options.text('apis')]
  const expires = options.text('expires')
  if (models !== undefined && options.is('allModels')) throw new UsageError('--models and --all-models contradict each other')
  if (apis !== undefined && options.is('allApis')) throw new UsageError('--apis and --all-apis contradict each other')
  if (expires !== undefined && options.isOff('expiry')) throw new UsageError('--expires and --no-expiry contradict each other')
  return {
    ...options.some('name'),
    ...(models === undefined ? {} : { models: namesIn('--models', models) }),
    ...(apis === undefined ? {} : { apis: namesIn('--apis', apis) }),
    ...(options.is('allApis') ? { apis: null } : {}),
    ...(options.is('allModels') ? { models: null } : {}),
    ...capChange(options, 'cap'),
    ...limitsChange(options),
    ...useOf(options),
    ...(options.is('everyScope') ? { scopes: [] } : {}),
    ...(options.is('anyAddress') ? { addresses: null } : {}),
    ...(expires === undefined ? {} : { expiresAt: instantOf(expires, Date.now()) }),
    ...(options.isOff('expiry') ? { expiresAt: null } : {}),
    ...identityOf(options),
    ...(options.isOff('identity') ? { identity: null } : {}),
  }
}

function namesIn(flag: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new UsageError(`${flag} is "${text}": write names separated by commas, like gpt-5-nano,demo`)
  return names
}

function termsOf(key: Key): string {
  const models = key.models === null ? 'all models' : `models ${key.models.join(', ')}`
  const cap = key.cap === null ? 'no cap' : `cap ${capText(key.cap)}`
  return [
    models,
    ...(key.stage === 'staging' ? ['APIs in staging'] : []),
    ...(key.apis === null ? [] : [`APIs ${key.apis.join(', ')}`]),
    cap,
    limitsText(key.limits) ?? 'no limits',
    key.expiresAt === null ? 'no expiry' : `expires ${shortTime(key.expiresAt)}`,
  ].join('; ')
}

const keyDisable: Command = {
  name: 'key disable',
  summary: 'Switch a key off, in force within a second; it can be switched on again',
  args: ['<id>'],
  run: (call) => switchKey(call, false),
}

const keyEnable: Command = { name: 'key enable', summary: 'Switch a key on again', args: ['<id>'], run: (call) => switchKey(call, true) }

async function switchKey(call: Call, enabled: boolean): Promise<void> {
  const [id = ''] = call.args
  const client = await call.client()
  const key = await client.updateKey({ params: { id }, body: { enabled } })
  call.output.result(key, `${key.id} is ${key.state}.`)
}

const keyRotate: Command = {
  name: 'key rotate',
  summary: 'Replace a key by a new one with the same terms; show it once. The old one expires after the overlap',
  args: ['<id>'],
  options: [{ flags: '--overlap <span>', summary: 'how long both work: 90s, 30m, 12h, 7d (not at all)' }, SIGNING_OPTION],
  async run(call) {
    const [id = ''] = call.args
    const overlap = call.options.text('overlap')
    const body = overlap === undefined ? {} : { overlapSeconds: secondsOf(overlap, '--overlap') }
    const client = await call.client()
    const created = await client.rotateKey({ params: { id }, body, idempotencyKey: randomUUID() })
    if (created.key === undefined) throw new Failure('The gateway answered without the key.', 'Rotate it again.')
    call.output.result(created, `${created.key}  (${created.id}; shown once, keep it now)${signingText(call.options, created)}`)
  },
}

const keyRevoke: Command = {
  name: 'key revoke',
  summary: 'Revoke a key for good, in force within a second',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.revokeKey({ params: { id } })
    call.output.result({ id, state: 'revoked' }, `${id} is revoked.`)
  },
}

export const keyCommands = [keyList, keyUpdate, keyDisable, keyEnable, keyRotate, keyRevoke]
