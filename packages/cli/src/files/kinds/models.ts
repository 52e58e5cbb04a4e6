import { withoutSlash } from '@faregate/core'
import { regular } from '../regular.ts'
import { send, type Entry, type Kind, type Known, type Writing } from '../kind.ts'
import { changeOf, same, type Members } from '../shape.ts'
import { ROUTES } from '@faregate/contract'

const byName = { members: ['name'], of: (name: string) => ({ name }) }

export const providers: Kind = regular({
  name: 'providers',
  noun: 'provider',
  routes: { create: 'createProvider', update: 'updateProvider', remove: 'deleteProvider' },
  named: byName,
  stays: ['baseUrl'],
  fixed: ['kind'],
  normal: normalProvider,
  read: async ({ client }) => (await client.listProviders({})).data.map((one) => ({ ...one, id: one.name, value: one })),
})

/** One key is a list of one. */
function normalProvider({ apiKey, keys, baseUrl, ...members }: Members): Members {
  const all = apiKey === undefined ? ((keys ?? []) as Members[]) : [{ key: apiKey }]
  const list = all.map(({ key, weight, priority }) => ({
    key,
    ...(weight === undefined || weight === 1 ? {} : { weight }),
    ...(priority === undefined || priority === 0 ? {} : { priority }),
  }))
  return {
    ...members,
    ...(typeof baseUrl === 'string' ? { baseUrl: withoutSlash(baseUrl) } : {}),
    ...(list.length === 0 ? {} : { keys: list }),
  }
}

export const prices: Kind = regular({
  name: 'prices',
  noun: 'price',
  routes: { create: 'createPrice', update: 'updatePrice', remove: 'deletePrice' },
  named: {
    members: ['provider', 'model'],
    of: (name) => ({ provider: name.slice(0, name.indexOf('/')), model: name.slice(name.indexOf('/') + 1) }),
  },
  read: async ({ client }) => {
    const { data } = await client.listPrices({})
    return data
      .filter(({ provider, managedBy }) => provider !== null && managedBy.source === 'database')
      .map((one) => ({ ...one, id: one.name, value: one }))
  },
})

export const models: Kind = regular({
  name: 'models',
  noun: 'model',
  routes: { create: 'createModel', update: 'updateModel', remove: 'deleteModel' },
  named: byName,
  normal: ({ deployments, ...members }) => ({ deployments: (deployments as Members[] | undefined)?.map(normalDeployment), ...members }),
  later: ['retirement'],
  settle: settleModel,
  read: async ({ client }) => (await client.listModels({})).data.map((one) => ({ ...one, id: one.name, value: one })),
})

function normalDeployment({ priority, ...deployment }: Members): Members {
  return priority === undefined || priority === 0 ? deployment : { ...deployment, priority }
}

/** What is told of a retirement adds to what was told before: what is to be gone goes with all of it. */
async function settleModel({ client }: Writing, { name, value }: Entry, known: Known): Promise<void> {
  const { retirement } = ROUTES.updateModel.body.shape
  const [before, after] = [known.value['retirement'], value['retirement']]
  if (same(before, after)) return
  const params = { name }
  if (before !== undefined) await send(client, 'updateModel', { params, body: { retirement: null } })
  if (after !== undefined) await send(client, 'updateModel', { params, body: { retirement: changeOf(retirement, {}, after as Members) } })
}
