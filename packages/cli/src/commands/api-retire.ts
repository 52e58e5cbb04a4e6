import { randomUUID } from 'node:crypto'
import type { Command } from '../command.ts'
import { table } from '../output.ts'
import { goesText, INSTEAD, insteadOf, SUNSET, sunsetOf } from '../retirement.ts'

const deprecate: Command = {
  name: 'api deprecate',
  summary: 'Tell callers of an API with each answer that it goes, until when, and what takes its place',
  args: ['<name>'],
  options: [SUNSET, ...INSTEAD],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const body = { ...sunsetOf(call.options), ...insteadOf(call.options) }
    const api = await client.deprecateApi({ params: { name }, body, idempotencyKey: randomUUID() })
    call.output.result(api, goesText(api))
  },
}

const retire: Command = {
  name: 'api retire',
  summary: 'Refuse all calls of an API with 410 and its successor; its releases and documents stay',
  args: ['<name>'],
  options: INSTEAD,
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const api = await client.retireApi({ params: { name }, body: insteadOf(call.options), idempotencyKey: randomUUID() })
    call.output.result(api, goesText(api))
  },
}

const reinstate: Command = {
  name: 'api reinstate',
  summary: 'Take the deprecation or the retirement of an API back',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const api = await client.reinstateApi({ params: { name }, body: {}, idempotencyKey: randomUUID() })
    call.output.result(api, goesText(api))
  },
}

const callers: Command = {
  name: 'api callers',
  summary: 'Who calls an API, and how often, most first',
  args: ['<name>'],
  options: [
    { flags: '--from <when>', summary: 'from this date or time on' },
    { flags: '--to <when>', summary: 'before this date or time' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const { data } = await client.listApiCallers({ params: { name }, query: call.options.some('from', 'to') })
    const rows = data.map(({ organization, application, key, requests }) => [organization, application, key, requests])
    call.output.result(data, table(['organization', 'application', 'key', 'requests'], rows, 'Nobody called it.'))
  },
}

export const apiRetireCommands = [deprecate, retire, reinstate, callers]
