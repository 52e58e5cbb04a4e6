import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Scene, SceneUsage } from '../replay/answers/scene.ts'
import { json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { assertCharged } from './cost.ts'
import { claudeCode, claudeCodeCount, claudeCodeModels } from './tools/claude-code.ts'
import { clineChat, clineMessages } from './tools/cline.ts'
import { codex } from './tools/codex.ts'
import { openWebui, openWebuiModels, openWebuiOllama, openWebuiOllamaTitle, openWebuiTags, openWebuiTitle } from './tools/open-webui.ts'
import { asks } from './tools/tool.ts'
import type { ScriptedTool, ToolTurn } from './tools/tool.ts'
import { ask, listOf, objectOf } from './tools/wire.ts'
import type { WireRequest } from './tools/wire.ts'
import { accessOf, lastCall, PLACES, startWorld, stopWorld, TELLS_CACHE } from './world.ts'
import type { PlaceName, World } from './world.ts'

/** Models besides the one of each place. Cline asks Anthropic's API for names that it knows; an operator may mean others by them. */
const MORE = {
  'claude-opus-5-5': { provider: 'anthropic', model: 'claude-opus-5-5' },
  'gpt-5.1': { provider: 'openai', model: 'gpt-5.1' },
  'gpt-5.1-codex': { provider: 'openai', model: 'gpt-5.1-codex' },
  'bedrock-claude': { provider: 'bedrock', model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
  'claude-sonnet-4-5-20250929': { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  'claude-haiku-4-5-20251001': { provider: 'openai', model: 'gpt-5.1-codex' },
  'claude-sonnet-4-20250514': { provider: 'gemini', model: 'gemini-3-pro-preview' },
  'claude-opus-4-20250514': { provider: 'mistral', model: 'mistral-medium-latest' },
} as const satisfies Record<string, { provider: PlaceName; model: string }>

const OWN = Object.fromEntries(Object.entries(PLACES).map(([provider, { model }]) => [model, provider])) as Record<string, PlaceName>
const placeOf = (model: string): PlaceName => MORE[model as keyof typeof MORE]?.provider ?? OWN[model] ?? assert.fail(model)

/** By model: what it cannot take of what the tool asks for, so that it must be allowed to be left out; '': nothing. */
const USERS: [tool: ScriptedTool, models: Record<string, string>][] = [
  [
    claudeCode(false),
    {
      'claude-sonnet-4-5': '',
      'gpt-5.1': '',
      'gpt-5.1-codex': '',
      'gemini-3-pro-preview': '',
      'deepseek-chat': '',
      'bedrock-claude': '',
      'gpt-4.1': '/thinking',
      'amazon.nova-pro-v1:0': '/thinking',
      'mistral-medium-latest': '',
      'command-a-03-2025': '',
      qwen3: '',
    },
  ],
  [
    claudeCode(true),
    {
      'claude-opus-5-5': '',
      'gpt-5.1': '',
      'gpt-5.1-codex': '',
      'gemini-3-pro-preview': '',
      'bedrock-claude': '',
      'deepseek-chat': '',
      'mistral-medium-latest': '',
      'command-a-03-2025': '',
      qwen3: '',
    },
  ],
  [
    codex(false),
    {
      'gpt-4.1': '',
      'claude-sonnet-4-5': '',
      'claude-opus-5-5': '',
      'mistral-medium-latest': '',
      'deepseek-chat': '',
      'bedrock-claude': '',
      'gemini-3-pro-preview': '/parallel_tool_calls',
      'command-a-03-2025': '/parallel_tool_calls',
      qwen3: '/parallel_tool_calls',
      'amazon.nova-pro-v1:0': '/parallel_tool_calls, /reasoning',
    },
  ],
  [
    codex(true),
    {
      'gpt-5.1-codex': '',
      'gpt-5.1': '',
      'claude-opus-5-5': '/tools/2, /tools/3',
      'gemini-3-pro-preview': '/tools/2, /tools/3',
    },
  ],
  [
    clineChat,
    {
      'gpt-4.1': '',
      'gpt-5.1': '',
      'deepseek-chat': '',
      'mistral-medium-latest': '',
      qwen3: '',
      'gpt-5.1-codex': '',
      'claude-sonnet-4-5': '',
      'bedrock-claude': '',
      'gemini-3-pro-preview': '/parallel_tool_calls',
      'command-a-03-2025': '/parallel_tool_calls',
      'amazon.nova-pro-v1:0': '/parallel_tool_calls',
    },
  ],
  [
    clineMessages(false),
    {
      'claude-sonnet-4-5-20250929': '',
      'claude-haiku-4-5-20251001': '/temperature',
      'claude-sonnet-4-20250514': '',
      'claude-opus-4-20250514': '',
    },
  ],
  [
    clineMessages(true),
    { 'claude-sonnet-4-5-20250929': '', 'claude-haiku-4-5-20251001': '', 'claude-sonnet-4-20250514': '', 'claude-opus-4-20250514': '' },
  ],
  [
    openWebui,
    Object.fromEntries([...Object.values(PLACES).map(({ model }) => model), 'gpt-5.1', 'bedrock-claude'].map((model) => [model, ''])),
  ],
  [openWebuiOllama, Object.fromEntries([...Object.values(PLACES).map(({ model }) => model), 'gpt-5.1'].map((model) => [model, '']))],
]

/** How thoughts are signed, by the vendor's name of the model. */
const SIGNED: [models: RegExp, signature: RegExp][] = [
  [/claude/, /"signature":"[^"]+"/],
  [/gemini/, /"thoughtSignature":"[^"]+"/],
  [/codex/, /"encrypted_content":"[^"]+"/],
]

describe('the requests of tools that people use, as they are on the wire', () => {
  let world: World

  before(async () => {
    world = await startWorld(MORE)
  })
  beforeEach(() => world.replay.reset())
  after(() => stopWorld(world))

  /** Both turns, each judged by the vendor's rules; `Faregate-Dropped` as expected. */
  async function loop(tool: ScriptedTool, model: string, dropped: string): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    const place = placeOf(model)
    const [calls, verdict] = scenes(tool, place)
    // What Codex tells of its session is a member that OpenAI's reference does not list.
    const lenient = tool.name.startsWith('Codex') && place === 'openai'
    world.replay.next({ answer: calls, lenient })
    world.replay.next({ answer: verdict, lenient })
    const first = tool.first(accessOf(world, customer), model)
    if (dropped !== '') await assertRefused(first, dropped)
    const allowed = dropped === '' ? first : asks(first, 'faregate-unsupported', 'drop')
    const heard = await turn(tool, allowed, dropped)
    assert.deepEqual(heard.calls, [tool.call])
    assert.deepEqual(heard.usage, tool.usage(calls.usage, place))
    const said = await turn(tool, tool.next(allowed, heard, 'There are 7 files.'), dropped)
    assert.equal(said.text, 'Seven files.')
    assert.deepEqual(said.usage, tool.usage(verdict.usage, place))
    assertResult()
    if (tool.keepsThoughts) assertThoughts(model)
    await assertCharged(world, customer, calls.usage, verdict.usage)
  }

  for (const [tool, models] of USERS)
    for (const [model, dropped] of Object.entries(models)) {
      const how = dropped === '' ? 'as it is' : `without ${dropped}`
      test(`${tool.name} at ${placeOf(model)}, ${model}, ${how}: M2, T6, U1: a function is called, and both turns are charged`, () =>
        loop(tool, model, dropped))
    }

  test('Claude Code finds its models, and counts tokens for nothing', async () => {
    const customer = await world.gateway.customer('5.00')
    const access = accessOf(world, customer)
    const { data } = json(await ok(claudeCodeModels(access)))
    assert.ok(listOf(data).some(({ id, type }) => id === 'gpt-4.1' && type === 'model'))
    for (const model of [PLACES.anthropic.model, PLACES.gemini.model, PLACES.openai.model]) {
      const { input_tokens: tokens } = json(await ok(claudeCodeCount(access, model)))
      assert.ok(Number(tokens) > 0, model)
    }
    await assertCharged(world, customer)
  })

  for (const [model, place] of Object.entries(OWN)) {
    test(`Open WebUI at ${place}: the model is listed, and gives a chat its title`, async () => {
      const customer = await world.gateway.customer('5.00')
      const access = accessOf(world, customer)
      const { data } = json(await ok(openWebuiModels(access)))
      assert.ok(listOf(data).some(({ id }) => id === model))
      const { models } = json(await ok(openWebuiTags(access)))
      assert.ok(listOf(models).some((found) => found['model'] === (model.includes(':') ? model : `${model}:latest`)))
      const title: Scene = {
        parts: [{ type: 'text', text: '{ "title": "🗂 Dateien zählen" }' }],
        stop: 'stop',
        usage: { input: 70, output: 9 },
      }
      world.replay.next({ answer: title })
      const { choices } = json(await ok(openWebuiTitle(access, model)))
      assert.deepEqual(JSON.parse(String(objectOf(listOf(choices)[0]?.['message'])['content'])), { title: '🗂 Dateien zählen' })
      world.replay.next({ answer: title })
      const { message, done } = json(await ok(openWebuiOllamaTitle(access, model)))
      assert.deepEqual([JSON.parse(String(objectOf(message)['content'])), done], [{ title: '🗂 Dateien zählen' }, true])
      await assertCharged(world, customer, title.usage, title.usage)
    })
  }

  async function turn(tool: ScriptedTool, request: WireRequest, dropped: string): Promise<ToolTurn> {
    const answer = await ok(request)
    assert.equal(answer.headers['faregate-dropped'] ?? '', dropped)
    return tool.read(answer)
  }

  async function ok(request: WireRequest): Promise<Answer> {
    const answer = await ask(world.gateway.url, request)
    assert.equal(answer.status, 200, `${answer.text} ${world.replay.requests.at(-1)?.broke?.rule ?? ''}`)
    return answer
  }

  /** Without the header it is refused before anyone is asked, by the names of what cannot be taken. */
  async function assertRefused(request: WireRequest, dropped: string): Promise<void> {
    const { status, text } = await ask(world.gateway.url, request)
    assert.equal(status, 400)
    for (const pointer of dropped.split(', ')) assert.ok(text.includes(`(${pointer})`), text)
    assert.equal(world.replay.requests.length, 0)
  }

  /** A vendor that signs what it thought gets it back as it signed it. */
  function assertThoughts(model: string): void {
    const sent = lastCall(world.replay).call.bytes.toString('utf8')
    const signed = SIGNED.find(([names]) => names.test(MORE[model as keyof typeof MORE]?.model ?? model))
    if (signed !== undefined) assert.match(sent, signed[1])
  }

  /** The vendor was told what the function gave, once. */
  function assertResult(): void {
    const sent = lastCall(world.replay).call.bytes.toString('utf8')
    assert.equal(sent.split('There are 7 files.').length, 2, sent)
  }
})

/** A model that thinks, calls a function, and says what it gave; with a cache where the vendor tells of it. */
function scenes(tool: ScriptedTool, place: PlaceName): [calls: Scene, verdict: Scene] {
  const written: SceneUsage =
    place === 'anthropic' || place === 'bedrock' ? { input: 40, cacheWrite: 560, output: 30 } : { input: 600, output: 30 }
  const read: SceneUsage = TELLS_CACHE.has(place) ? { input: 50, cacheRead: 590, output: 5 } : { input: 640, output: 5 }
  return [
    {
      parts: [
        { type: 'reasoning', text: 'I must look.' },
        { type: 'call', ...tool.call },
      ],
      stop: 'tool_calls',
      usage: { ...written, reasoning: 12 },
    },
    { parts: [{ type: 'text', text: 'Seven files.' }], stop: 'stop', usage: read },
  ]
}
