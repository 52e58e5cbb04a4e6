import type { RouteInput, Routes } from '@faregate/contract'
import { MODEL_API_FEATURES, type ModelApiFeature } from '@faregate/core'
import { UsageError, type Command, type Options } from '../command.ts'
import { fieldTable } from '../field-table.ts'

type Sent = RouteInput<Routes['updateApiDraft']>['body']
type Policy = NonNullable<Sent['policy']>

const models: Command = {
  name: 'api models',
  summary: 'Change the draft of an API of models, or begin one: models under names of its own, with a policy; nothing of it is in force',
  args: ['<name>'],
  options: [
    {
      flags: '--model <model>',
      summary: 'NAME MODEL, like "fast gpt-4.1-mini": what callers name, and what serves it; all of them, in place of those that it has',
      repeatable: true,
    },
    {
      flags: '--features <features>',
      summary: `what callers can use, with commas: ${MODEL_API_FEATURES.join(', ')} (chat, with all of that)`,
    },
    { flags: '--max-tokens <tokens>', summary: 'tokens of output that a call can ask for' },
    { flags: '--default-tokens <tokens>', summary: 'tokens of output where a call asks for nothing' },
    { flags: '--temperature <number>', summary: 'from 0 to 2, where callers give none' },
    { flags: '--top-p <number>', summary: 'from 0 to 1, where callers give none' },
    { flags: '--system <text>', summary: 'what the model is told before whatever callers tell it' },
    { flags: '--no-policy', summary: 'conversations are taken as they come' },
    { flags: '--prefix <path>', summary: 'where callers find it (/NAME)' },
    { flags: '--rebase', summary: 'take what is in force now as what the draft was begun on' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const { options } = call
    const prefix = options.text('prefix')
    const named = options.list('model')
    const client = await call.client()
    const policy = policyOf(options)
    const body: Sent = {
      ...(options.is('rebase') ? { rebase: true as const } : {}),
      ...(prefix === undefined ? {} : { prefix }),
      ...(named === undefined ? {} : { models: Object.fromEntries(named.map(modelOf)) }),
      ...(policy === undefined ? {} : { policy }),
    }
    const row = await client.updateApiDraft({ params: { name }, body: Object.keys(body).length === 0 ? { models: {} } : body })
    call.output.result(row, `The draft of ${name} is at revision ${row.revision}.\n${fieldTable(row.changes)}`)
  },
}

/** `fast gpt-4.1-mini` */
function modelOf(text: string): [name: string, model: string] {
  const [name = '', model = '', ...more] = text.trim().split(/\s+/)
  if (model === '' || more.length > 0) throw new UsageError(`--model is "${text}": write NAME MODEL, like "fast gpt-4.1-mini"`)
  return [name, model]
}

/** All of the policy, as it is said in one command; undefined: it stays. */
function policyOf(options: Options): Policy | null | undefined {
  if (options.isOff('policy')) return null
  const features = options.text('features')
  const defaults = { ...number(options, 'defaultTokens', 'maxTokens'), ...number(options, 'temperature'), ...number(options, 'topP') }
  const policy: Policy = {
    ...(features === undefined ? {} : { features: features.split(',').map(featureOf) }),
    ...number(options, 'maxTokens'),
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...options.some('system'),
  }
  return Object.keys(policy).length === 0 ? undefined : policy
}

function featureOf(text: string): ModelApiFeature {
  const known = MODEL_API_FEATURES.find((one) => one === text.trim())
  if (known === undefined) throw new UsageError(`"${text}" is no feature: one of ${MODEL_API_FEATURES.join(', ')}`)
  return known
}

function number(options: Options, name: string, member = name): Record<string, number> {
  const text = options.text(name)
  return text === undefined ? {} : { [member]: Number(text) }
}

export const apiModelsCommands = [models]
