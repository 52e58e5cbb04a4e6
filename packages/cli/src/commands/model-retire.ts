import type { RouteInput, Routes } from '@faregate/contract'
import type { Call, Command } from '../command.ts'
import { goesText, INSTEAD, insteadOf, SUNSET, sunsetOf } from '../retirement.ts'

type Retirement = RouteInput<Routes['updateModel']>['body']['retirement']

const deprecate: Command = {
  name: 'model deprecate',
  summary: 'Tell callers of a model with each answer that it goes, until when, and what takes its place',
  args: ['<name>'],
  options: [SUNSET, ...INSTEAD],
  run: (call) => change(call, { state: 'deprecated', ...sunsetOf(call.options), ...insteadOf(call.options) }),
}

const retire: Command = {
  name: 'model retire',
  summary: 'Refuse all calls of a model with 410 and its successor',
  args: ['<name>'],
  options: INSTEAD,
  run: (call) => change(call, { state: 'retired', ...insteadOf(call.options) }),
}

const reinstate: Command = {
  name: 'model reinstate',
  summary: 'Take the deprecation or the retirement of a model back',
  args: ['<name>'],
  run: (call) => change(call, null),
}

async function change(call: Call, retirement: Retirement): Promise<void> {
  const [name = ''] = call.args
  const client = await call.client()
  const model = await client.updateModel({ params: { name }, body: { retirement } })
  call.output.result(model, goesText(model))
}

export const modelRetireCommands = [deprecate, retire, reinstate]
