import { ROUTES } from '@faregate/contract'
import { SETTING_NAMES } from '@faregate/core'
import { everyItem } from '../../lookup.ts'
import { send, type Kind, type Writing } from '../kind.ts'
import { regular } from '../regular.ts'
import type { Members } from '../shape.ts'
import { sorted } from './organizations.ts'

/** Whose it is has a name in the folder. */
export function ownedBy(value: Members, { names }: Pick<Writing, 'names'>): Members {
  const { organization, ...members } = value
  return typeof organization === 'string' ? { ...members, organization: names.idOf(organization) } : members
}

export const plans: Kind = regular({
  name: 'plans',
  noun: 'plan',
  // What has subscribers is never changed: it gets a next version.
  routes: { create: 'createPlan' },
  named: { members: ['name'], of: (name) => ({ name }) },
  resolved: ownedBy,
  fixed: ['organization'],
  read: async ({ client, names }) =>
    (await client.listPlans({})).data.map((one) => ({
      name: one.name,
      id: one.name,
      value: { ...one, organization: one.organization === null ? null : names.nameOf(one.organization) },
    })),
})

const ofOperator = regular({
  name: 'webhooks',
  noun: 'webhook',
  routes: { create: 'createWebhook', update: 'updateWebhook', remove: 'deleteWebhook' },
  named: { members: ['url'], of: (url) => ({ url }) },
  parameter: 'id',
  normal: ({ enabled, events, ...members }) => ({ ...members, events: sorted(events), ...(enabled === false ? { enabled } : {}) }),
  resets: { enabled: true },
  read: async ({ client, names }) =>
    (await everyItem((cursor) => client.listWebhooks({ query: { limit: 500, ...cursor } }))).map((one) => ({
      ...one,
      name: one.url,
      within: one.organization === null ? undefined : names.nameOf(one.organization),
      value: one,
    })),
})

/** Beside those that stand within organizations, those that are told of all of them. */
export const webhooks: Kind = {
  ...ofOperator,
  async create(writing, wanted) {
    if (wanted.within === undefined) return ofOperator.create(writing, wanted)
    const { name: url, value } = wanted
    const id = writing.names.idOf(wanted.within)
    const { enabled, ...members } = value
    const made = await send(writing.client, 'createWebhookOfOrganization', { params: { id }, body: { url, ...members } })
    if (typeof made['secret'] === 'string') writing.say(`The secret of the webhook ${url}, shown once: ${made['secret']}`)
    if (enabled === false) await send(writing.client, 'updateWebhook', { params: { id: made['id'] }, body: { enabled } })
  },
}

/** Each setting by itself, by its path: those that the database holds. */
export const settings: Kind = {
  name: 'settings',
  noun: 'setting',
  schema: ROUTES.updateSettings.body,
  async read({ client }) {
    const shown = await client.getSettings({})
    return SETTING_NAMES.flatMap((name) => {
      const { value, managedBy } = at(shown, name) as { value: unknown; managedBy: { source: 'file' } }
      return (managedBy.source as string) === 'default' ? [] : [{ name, id: name, managedBy, value: { value } }]
    })
  },
  create: (writing, { name, value }) => set(writing, name, value['value']),
  remove: (writing, { name }) => set(writing, name, null),
}

function at(whole: object, path: string): unknown {
  return path.split('.').reduce<unknown>((node, part) => (node as Members)[part], whole)
}

async function set({ client }: Writing, name: string, value: unknown): Promise<void> {
  const body = name.split('.').reduceRight((inner, part) => ({ [part]: inner }), value)
  await send(client, 'updateSettings', { body: body as object })
}

/** Settings of a file, each by itself. */
export function eachSetting(members: Members): [name: string, value: unknown][] {
  return SETTING_NAMES.flatMap((name): [string, unknown][] => {
    const value = name.split('.').reduce<unknown>((node, part) => (node as Members | undefined)?.[part], members)
    return value === undefined || value === null ? [] : [[name, value]]
  })
}
