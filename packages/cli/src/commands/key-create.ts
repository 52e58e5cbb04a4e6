import { shellWord } from '@faregate/core'
import { randomUUID } from 'node:crypto'
import type { Client, RouteInput, Routes } from '@faregate/contract'
import { Failure, type Call, type Command, type Gateway, type Options } from '../command.ts'
import { LIMIT_OPTION, limitsOf } from '../limits.ts'
import {
  DEFAULT_NAME,
  findOrganization,
  labelOf,
  searchApplication,
  searchOrganization,
  type Application,
  type Organization,
} from '../lookup.ts'
import { fields } from '../output.ts'
import { IDENTITY_OPTIONS, identityOf, SIGNING_OPTION, signingText, useOf } from '../key-use.ts'
import { amountOf, capOf, instantOf } from '../parse.ts'

export const keyCreate: Command = {
  name: 'key create',
  summary: 'Create a key, with organization and application `default` if there are none; show it once',
  options: [
    { flags: '--credit <amount>', summary: 'put this much credit on the organization' },
    { flags: '--organization <name>', summary: 'id or name (default)' },
    { flags: '--application <name>', summary: 'id or name (default)' },
    { flags: '--name <name>', summary: 'name of the key' },
    { flags: '--model <model>', summary: 'a model that it may call; may be repeated (all)', repeatable: true },
    { flags: '--api <name>', summary: 'a published API that it may call; may be repeated (all)', repeatable: true },
    { flags: '--staging', summary: 'it calls published APIs in staging, and not in production' },
    { flags: '--cap <amount/period>', summary: 'how much may be spent with it: 1.00/day, 20/month, 5/total' },
    {
      flags: '--scope <scope>',
      summary: 'what it may be used for: models, apis, count, explain, list, key; may be repeated (everything)',
      repeatable: true,
    },
    { flags: '--address <address>', summary: 'where it may be used from, like 10.0.0.0/8; may be repeated (anywhere)', repeatable: true },
    { flags: '--member <id>', summary: 'the member whom it belongs to (nobody)' },
    LIMIT_OPTION,
    { flags: '--expires <when>', summary: 'a date, a time, or a span: 2027-01-31, 30d' },
    ...IDENTITY_OPTIONS,
    SIGNING_OPTION,
  ],
  async run(call) {
    const credit = optional(call.options.text('credit'), (text) => amountOf(text, '--credit'))
    const body = keyBody(call.options)
    const client = await call.client()
    const organization = await organizationFor(client, call.options.text('organization'))
    const application = await applicationFor(client, organization, call.options.text('application'))
    if (credit !== undefined) {
      const grant = { amount: credit, reason: 'credit with a new key' }
      await client.createGrant({ params: { id: organization.id }, body: grant, idempotencyKey: randomUUID() })
    }
    const created = await client.createKey({ params: { id: application.id }, body, idempotencyKey: randomUUID() })
    if (created.key === undefined) throw new Failure('The gateway answered without the key.', 'Revoke it and create another one.')
    await show(call, { ...created, key: created.key }, { organization, application })
  },
}

type KeyBody = RouteInput<Routes['createKey']>['body']

function keyBody(options: Options): KeyBody {
  const models = options.list('model')
  const apis = options.list('api')
  const cap = optional(options.text('cap'), capOf)
  const expiresAt = optional(options.text('expires'), (text) => instantOf(text, Date.now()))
  return {
    name: options.text('name') ?? DEFAULT_NAME,
    ...options.some('member'),
    ...useOf(options),
    ...identityOf(options),
    ...(models === undefined ? {} : { models }),
    ...(apis === undefined ? {} : { apis }),
    ...(options.is('staging') ? { stage: 'staging' as const } : {}),
    ...(cap === undefined ? {} : { cap }),
    ...limitsOf(options),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text)
}

/** The organization that was named; `default` is made when nothing was named and it is not there. */
async function organizationFor(client: Client, reference: string | undefined): Promise<Organization> {
  if (reference !== undefined && reference !== DEFAULT_NAME) return findOrganization(client, reference)
  const found = await searchOrganization(client, DEFAULT_NAME)
  return found ?? client.createOrganization({ body: { name: DEFAULT_NAME }, idempotencyKey: randomUUID() })
}

async function applicationFor(client: Client, organization: Organization, reference = DEFAULT_NAME): Promise<Application> {
  const found = await searchApplication(client, organization.id, reference)
  if (found !== undefined) return found
  if (reference !== DEFAULT_NAME) {
    throw new Failure(
      `${labelOf(organization)} has no application "${reference}".`,
      `Create it: faregate app create ${shellWord(reference)} --organization ${shellWord(labelOf(organization))}`,
    )
  }
  return client.createApplication({ params: { id: organization.id }, body: { name: DEFAULT_NAME }, idempotencyKey: randomUUID() })
}

interface Owner {
  organization: Organization
  application: Application
}

async function show(call: Call, created: { id: string; key: string; signingSecret?: string | undefined }, owner: Owner): Promise<void> {
  const gateway = call.gateway()
  const { url } = gateway
  const model = (await firstModel(gateway, created.key)) ?? 'MODEL'
  const curl = curlLine(url, created.key, model)
  const names = fields([
    ['organization', named(owner.organization)],
    ['application', named(owner.application)],
    ['key', `${created.key}  (${created.id}; shown once, keep it now)`],
  ])
  call.output.result(
    { ...created, ...owner, url, model, curl },
    `${names}${signingText(call.options, created)}\n\nCall it:\n\n${curl}\n\nThen see what it cost: faregate requests`,
  )
}

function named({ id, name }: { id: string; name?: string | undefined }): string {
  return name === undefined ? id : `${name} (${id})`
}

/** A call that can be pasted into a shell. */
function curlLine(url: string, key: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  return [
    `curl ${url}/v1/chat/completions \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '${body}'`,
  ].join('\n')
}

/** The first model that the key may call, so that the pasted line works. */
async function firstModel({ url, fetch }: Gateway, key: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  if (!answer.ok) return undefined
  const list = (await answer.json()) as { data?: { id?: string }[] }
  return list.data?.[0]?.id
}
