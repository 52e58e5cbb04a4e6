import { randomUUID } from 'node:crypto'
import type { Command } from '../command.ts'
import { table } from '../output.ts'
import { deploymentOf, ratesOf } from '../parse.ts'
import { placeOf } from '../place.ts'
import { ratesText } from './pending-prices.ts'

const listModels: Command = {
  name: 'model list',
  summary: 'List the models that callers can name',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listModels({})
    const rows = data.map((model) => [
      model.name,
      model.deployments.map((one) => `${one.provider}/${one.model}`).join(' '),
      model.price === null ? null : ratesText(model.price),
      placeOf(model.managedBy),
    ])
    call.output.result(data, table(['name', 'deployments', 'own price', 'defined in'], rows))
  },
}

const addModel: Command = {
  name: 'model add',
  summary: 'Add a model that callers can name, without a restart',
  args: ['<name>', '<provider/model...>'],
  options: [
    { flags: '--price <bucket=price>', summary: 'per million, like input=0.05; may be repeated (the catalogue)', repeatable: true },
  ],
  async run(call) {
    const [name = '', ...targets] = call.args
    const prices = call.options.list('price')
    const body = {
      name,
      deployments: targets.map((target) => deploymentOf(target)),
      ...(prices === undefined ? {} : { price: ratesOf(prices) }),
    }
    const client = await call.client()
    const model = await client.createModel({ body, idempotencyKey: randomUUID() })
    call.output.result(model, `${model.name} can be called.`)
  },
}

const removeModel: Command = {
  name: 'model remove',
  summary: 'Remove a model',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    await client.deleteModel({ params: { name } })
    call.output.result({ name, removed: true }, `${name} is removed.`)
  },
}

const listPrices: Command = {
  name: 'price list',
  summary: 'List the prices in force, per million units',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listPrices({})
    const rows = data.map((price) => [price.name, ratesText(price.price), price.version, placeOf(price.managedBy)])
    call.output.result(data, table(['name', 'price', 'version', 'defined in'], rows))
  },
}

const setPrice: Command = {
  name: 'price set',
  summary: 'Set the price of what a provider calls a model; it goes before the catalogue',
  args: ['<provider/model>', '<bucket=price...>'],
  async run(call) {
    const [target = '', ...prices] = call.args
    const price = ratesOf(prices)
    const client = await call.client()
    const { data } = await client.listPrices({})
    const there = data.some((one) => one.name === target && one.managedBy.source === 'database')
    const set = there
      ? await client.updatePrice({ params: { name: target }, body: { price } })
      : await client.createPrice({ body: { ...deploymentOf(target), price }, idempotencyKey: randomUUID() })
    call.output.result(set, `${set.name} costs ${ratesText(set.price)} per million.`)
  },
}

const removePrice: Command = {
  name: 'price remove',
  summary: 'Remove a price, back to the catalogue',
  args: ['<provider/model>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    await client.deletePrice({ params: { name } })
    call.output.result({ name, removed: true }, `${name} is priced by the catalogue again.`)
  },
}

export const catalogueCommands = [listModels, addModel, removeModel, listPrices, setPrice, removePrice]
