import { randomUUID } from 'node:crypto'
import type { RouteOutput, Routes } from '@faregate/contract'
import type { Command, Option, Options } from '../command.ts'
import { table } from '../output.ts'
import { instantOf } from '../parse.ts'

const INSTEAD: Option[] = [
  { flags: '--successor <name>', summary: 'the API that takes its place' },
  { flags: '--link <url>', summary: 'a page that says how to move' },
]

const deprecate: Command = {
  name: 'api deprecate',
  summary: 'Tell callers of an API with each answer that it goes, until when, and what takes its place',
  args: ['<name>'],
  options: [{ flags: '--sunset <when>', summary: 'when it is to be retired: a date, a time, or a span like 30d' }, ...INSTEAD],
  async run(call) {
    const [name = ''] = call.args
    const sunset = call.options.text('sunset')
    const until = sunset === undefined ? {} : { sunset: instantOf(sunset, Date.now(), '--sunset') }
    const client = await call.client()
    const body = { ...until, ...insteadOf(call.options) }
    const api = await client.deprecateApi({ params: { name }, body, idempotencyKey: randomUUID() })
    call.output.result(api, said(api))
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
    call.output.result(api, said(api))
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
    call.output.result(api, `${name} stays.`)
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

function insteadOf(options: Options): { successor?: string; link?: string } {
  return options.some('successor', 'link')
}

/** How an API goes, in a sentence. */
function said({ name, retirement }: RouteOutput<Routes['getApi']>): string {
  const { state, sunset, successor } = retirement ?? { state: 'kept', sunset: null, successor: null }
  const until = sunset === null ? '' : `, until ${sunset.slice(0, 10)}`
  return `${name} is ${state}${until}${successor === null ? '' : `; ${successor} takes its place`}.`
}

export const apiRetireCommands = [deprecate, retire, reinstate, callers]
