import type { RouteInput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Command, type Options } from '../command.ts'
import { textOf } from '../document.ts'
import { fieldTable } from '../field-table.ts'

type Prompt = NonNullable<RouteInput<Routes['updateApiDraft']>['body']['prompt']>
type Variable = NonNullable<Prompt['variables']>[string]

const prompt: Command = {
  name: 'api prompt',
  summary: 'Change the draft of a prompt API, or begin one: a prompt over a model, with variables; nothing of it is in force',
  args: ['<name>'],
  options: [
    { flags: '--model <model>', summary: 'the model that is asked; a call costs what a call of it costs' },
    { flags: '--system <text>', summary: 'what the model is told before, with {{name}} for the value of a variable' },
    { flags: '--no-system', summary: 'nothing' },
    { flags: '--user <text>', summary: 'what the model is asked, with {{name}} for the value of a variable' },
    {
      flags: '--variable <variable>',
      summary:
        'NAME TYPE, like "text string"; TYPE: string, integer, number, boolean, or the values of text, like de|en|fr; "NAME TYPE = DEFAULT"',
      repeatable: true,
    },
    { flags: '--no-variables', summary: 'callers send nothing' },
    { flags: '--output <file>', summary: 'JSON Schema of the object that the model is to answer with; - for standard input' },
    { flags: '--no-output', summary: 'the answer is text' },
    { flags: '--max-tokens <tokens>', summary: 'the most output tokens of an answer' },
    { flags: '--no-max-tokens', summary: 'as for any call of the model' },
    { flags: '--temperature <number>', summary: 'from 0 to 2' },
    { flags: '--no-temperature', summary: "the model's own" },
    { flags: '--prefix <path>', summary: 'where callers find it (/NAME)' },
    { flags: '--rebase', summary: 'take what is in force now as what the draft was begun on' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const prefix = call.options.text('prefix')
    const body = {
      ...(call.options.is('rebase') ? { rebase: true as const } : {}),
      ...(prefix === undefined ? {} : { prefix }),
      prompt: await changesOf(call),
    }
    const client = await call.client()
    const row = await client.updateApiDraft({ params: { name }, body })
    call.output.result(row, `The draft of ${name} is at revision ${row.revision}.\n${fieldTable(row.changes)}`)
  },
}

async function changesOf({ options }: Call): Promise<Prompt> {
  const variables = options.isOff('variables') ? [] : options.list('variable')
  const output = options.change('output').output
  return {
    ...options.some('model', 'user'),
    ...options.change('system'),
    ...(variables === undefined ? {} : { variables: Object.fromEntries(variables.map(variableOf)) }),
    ...(output === undefined ? {} : { output: output === null ? null : await schemaIn(output) }),
    ...numberOf(options, 'maxTokens'),
    ...numberOf(options, 'temperature'),
  }
}

async function schemaIn(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await textOf(file)) as Record<string, unknown>
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file} is no JSON: ${error.message}`)
    throw error
  }
}

function numberOf<Name extends string>(options: Options, name: Name): { [Member in Name]?: number | null } {
  const { [name]: text } = options.change(name) as Record<string, string | null | undefined>
  return (text === undefined ? {} : { [name]: text === null ? null : Number(text) }) as { [Member in Name]?: number | null }
}

const TYPES = ['string', 'integer', 'number', 'boolean'] as const

/** `text string`, `language de|en`, `words integer = 100` */
function variableOf(text: string): [name: string, variable: Variable] {
  const [, name, kind = '', , value] = /^(\S+)\s+([^=]*?)\s*(=\s*(.*?))?\s*$/s.exec(text) ?? []
  if (name === undefined || kind === '')
    throw new UsageError(`--variable is "${text}": write NAME TYPE, like "text string" or "language de|en = de"`)
  const type = TYPES.find((one) => one === kind)
  if (type === undefined && !kind.includes('|'))
    throw new UsageError(`"${kind}" is no type of a variable: one of ${TYPES.join(', ')}, or the values of text, like de|en`)
  const variable: Variable = type === undefined ? { type: 'string', enum: kind.split('|').map((choice) => choice.trim()) } : { type }
  return [name, value === undefined ? variable : { ...variable, default: valueOf(variable.type, value) }]
}

/** What it is said to be; whether it is right is the gateway's to say. */
function valueOf(type: Variable['type'], text: string): string | number | boolean {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return type === 'string' || text === '' || Number.isNaN(Number(text)) ? text : Number(text)
}

export const apiPromptCommands = [prompt]
