import assert from 'node:assert/strict'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import type { Knobs, Worlds } from './tuned.ts'

const TEXT = { text: { type: 'string' } }
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } } }

/** Published prompts that differ from `asked` in one setting each. */
export function tunedPrompts(): Record<string, unknown> {
  const plain = { model: 'plain', user: 'Say {{text}}', variables: TEXT, maxTokens: 10 }
  const prompt = (more: Record<string, unknown>) => ({ ...plain, ...more })
  const of = (type: string, more: Record<string, unknown> = {}) => ({ variables: { text: { type, ...more } } })
  const prompts = {
    asked: plain,
    modelled: prompt({ model: 'second' }),
    told: prompt({ system: 'Be brief.' }),
    counted: prompt(of('integer')),
    described: prompt(of('string', { description: 'what is said' })),
    chosen: prompt(of('string', { enum: ['a', 'b'] })),
    defaulted: prompt(of('string', { default: 'nothing' })),
    formed: prompt({ output: SCHEMA }),
    short: prompt({ maxTokens: 7 }),
    warm: prompt({ temperature: 0.75 }),
  }
  return Object.fromEntries(Object.entries(prompts).map(([name, value]) => [name, { prefix: `/${name}`, prompt: value }]))
}

function ask({ tuned, rich }: Worlds, path: string, values: Record<string, unknown> = { text: 'a' }): Promise<Answer> {
  return send(tuned.url + path, { body: values, headers: { authorization: `Bearer ${rich.key}` } })
}

/** What the model was asked. */
async function asked(worlds: Worlds, path: string, values?: Record<string, unknown>): Promise<Record<string, unknown>> {
  const answer = await ask(worlds, path, values)
  assert.equal(answer.status, 200, answer.text)
  return worlds.upstream.calls.at(-1)?.body ?? {}
}

async function contents(worlds: Worlds, path: string, values?: Record<string, unknown>): Promise<string[]> {
  return ((await asked(worlds, path, values))['messages'] as { content: string }[]).map(({ content }) => content)
}

async function documentOf({ tuned, rich }: Worlds, path: string): Promise<string> {
  return (await send(`${tuned.url}${path}/openapi.json`, { headers: { authorization: `Bearer ${rich.key}` } })).text
}

/** Settings of published prompts. */
export const PROMPT_KNOBS: Knobs = {
  'apis.*.prompt.model': async (worlds) => {
    assert.equal((await asked(worlds, '/asked'))['model'], 'plain')
    const { second } = worlds
    const earlier = second.calls.length
    assert.equal((await ask(worlds, '/modelled')).status, 200)
    assert.equal(second.calls.length, earlier + 1)
  },

  'apis.*.prompt.system': async (worlds) =>
    assert.deepEqual([await contents(worlds, '/told'), await contents(worlds, '/asked')], [['Be brief.', 'Say a'], ['Say a']]),

  'apis.*.prompt.user': async (worlds) => assert.deepEqual(await contents(worlds, '/asked', { text: 'b' }), ['Say b']),

  'apis.*.prompt.variables.*.type': async (worlds) => {
    assert.deepEqual(await contents(worlds, '/counted', { text: 7 }), ['Say 7'])
    assert.equal((await ask(worlds, '/asked', { text: 7 })).status, 400)
  },

  'apis.*.prompt.variables.*.description': async (worlds) =>
    assert.deepEqual(
      [(await documentOf(worlds, '/described')).includes('what is said'), (await documentOf(worlds, '/asked')).includes('what is said')],
      [true, false],
    ),

  'apis.*.prompt.variables.*.enum': async (worlds) =>
    assert.deepEqual(
      [(await ask(worlds, '/chosen', { text: 'c' })).status, (await ask(worlds, '/chosen', { text: 'b' })).status],
      [400, 200],
    ),

  'apis.*.prompt.variables.*.default': async (worlds) => {
    assert.deepEqual(await contents(worlds, '/defaulted', {}), ['Say nothing'])
    assert.equal((await ask(worlds, '/asked', {})).status, 400)
  },

  'apis.*.prompt.output.*': async (worlds) => {
    const { response_format: format } = await asked(worlds, '/formed')
    assert.deepEqual((format as { json_schema: { schema: unknown } }).json_schema.schema, SCHEMA)
    assert.equal(json(await ask(worlds, '/formed'))['output'], null)
    assert.equal((await asked(worlds, '/asked'))['response_format'], undefined)
  },

  'apis.*.prompt.maxTokens': async (worlds) =>
    assert.deepEqual([(await asked(worlds, '/short'))['max_tokens'], (await asked(worlds, '/asked'))['max_tokens']], [7, 10]),

  'apis.*.prompt.temperature': async (worlds) =>
    assert.deepEqual([(await asked(worlds, '/warm'))['temperature'], (await asked(worlds, '/asked'))['temperature']], [0.75, undefined]),
}
