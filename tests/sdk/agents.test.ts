import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { generateText, isStepCount, jsonSchema, streamText } from 'ai'
import type { ToolSet } from 'ai'
import { whatIsAsked } from '../replay/answers/asked.ts'
import type { Scene } from '../replay/answers/scene.ts'
import { AI_SDK_MODELS } from './clients/ai-sdk.ts'
import { anthropicClient } from './clients/anthropic.ts'
import { MAX_TOKENS, QUESTION, WEATHER } from './clients/client.ts'
import type { Access } from './clients/client.ts'
import { googleClient } from './clients/google.ts'
import { openaiClient } from './clients/openai-chat.ts'
import { assertCharged } from './cost.ts'
import { accessOf, lastCall, PLACE_NAMES, PLACES, startWorld, stopWorld } from './world.ts'
import type { PlaceName, World } from './world.ts'

interface Where {
  city: string
  unit: string
}

/** A loop that a client runs by itself: it calls the function as often as the model asks, and gives what the model says last. */
interface Agent {
  name: string
  run(access: Access, model: string, stream: boolean, weather: (where: Where) => string): Promise<string>
  /** Where the played vendor is stricter than the real one. */
  lenient?: (place: PlaceName, stream: boolean) => boolean
}

const CITIES: Where[] = [
  { city: 'Paris', unit: 'celsius' },
  { city: 'Oslo', unit: 'kelvin' },
]
const BOTH: Scene = {
  parts: CITIES.map((where) => ({ type: 'call', name: WEATHER.name, arguments: { ...where } })),
  stop: 'tool_calls',
  usage: { input: 90, output: 60 },
}
const VERDICT: Scene = { parts: [{ type: 'text', text: 'Rain in both.' }], stop: 'stop', usage: { input: 170, output: 6 } }

const runTools: Agent = {
  name: 'openai: chat.completions.runTools',
  async run(access, model, stream, weather) {
    const { name, description, schema: parameters } = WEATHER
    const tool = {
      type: 'function' as const,
      function: { name, description, parameters, parse: (text: string) => JSON.parse(text) as Where, function: weather },
    }
    const body = { model, max_completion_tokens: MAX_TOKENS, messages: [{ role: 'user' as const, content: QUESTION }], tools: [tool] }
    const { completions } = openaiClient(access).chat
    const running = stream ? completions.runTools({ ...body, stream: true }) : completions.runTools(body)
    return (await running.finalContent()) ?? ''
  },
}

const toolRunner: Agent = {
  name: '@anthropic-ai/sdk: beta.messages.toolRunner',
  async run(access, model, stream, weather) {
    const { name, description, schema: inputSchema } = WEATHER
    const tool = betaTool({ name, description, inputSchema, run: (where) => weather(where as unknown as Where) })
    const { content } = await anthropicClient(access).beta.messages.toolRunner({
      model,
      max_tokens: MAX_TOKENS,
      messages: [{ role: 'user', content: QUESTION }],
      tools: [tool],
      stream,
      // Threads are kept by Anthropic, which is only played here. Elsewhere the client hears that there are none.
      ...(model === PLACES.anthropic.model ? { thread: false as const } : {}),
    })
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  },
}

const automatic: Agent = {
  name: '@google/genai: automatic function calling',
  // It sends every call of a stream as a turn of its own, which Gemini takes.
  lenient: (place, stream) => place === 'gemini' && stream,
  async run(access, model, stream, weather) {
    const { name, description, schema: parametersJsonSchema } = WEATHER
    const tool = {
      tool: () => Promise.resolve({ functionDeclarations: [{ name, description, parametersJsonSchema }] }),
      callTool: (calls: { id?: string; name?: string; args?: Record<string, unknown> }[]) =>
        Promise.resolve(
          calls.map(({ id, name: called, args }) => ({
            functionResponse: {
              ...(id === undefined ? {} : { id }),
              ...(called === undefined ? {} : { name: called }),
              response: { output: weather(args as unknown as Where) },
            },
          })),
        ),
    }
    const asked = { model, contents: QUESTION, config: { tools: [tool], maxOutputTokens: MAX_TOKENS } }
    const { models } = googleClient(access)
    if (!stream) return (await models.generateContent(asked)).text ?? ''
    let text = ''
    for await (const piece of await models.generateContentStream(asked)) text += piece.text ?? ''
    return text
  },
}

const steps: Agent[] = Object.entries(AI_SDK_MODELS).map(([name, make]) => ({
  name: `ai with ${name}: steps`,
  async run(access, model, stream, weather) {
    const tools: ToolSet = {
      [WEATHER.name]: {
        description: WEATHER.description,
        inputSchema: jsonSchema<Where>(WEATHER.schema),
        execute: (where) => weather(where as Where),
      },
    }
    const asked = { model: make(access, model), prompt: QUESTION, maxOutputTokens: MAX_TOKENS, tools, stopWhen: isStepCount(3) }
    return stream ? await streamText({ ...asked, onError: () => undefined }).text : (await generateText(asked)).text
  },
}))

describe('loops that official clients run by themselves, with two calls at once', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  beforeEach(() => world.replay.reset())
  after(() => stopWorld(world))

  async function loop(agent: Agent, place: PlaceName, stream: boolean): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    const lenient = agent.lenient?.(place, stream) ?? false
    world.replay.next({ answer: BOTH })
    world.replay.next({ answer: VERDICT, lenient })
    const asked: Where[] = []
    const weather = (where: Where): string => {
      asked.push(where)
      return JSON.stringify({ sky: `rain in ${where.city}` })
    }
    assert.equal(await agent.run(accessOf(world, customer), PLACES[place].model, stream, weather), 'Rain in both.')
    assert.deepEqual(asked, CITIES)
    const { route, call } = lastCall(world.replay)
    assert.ok(route?.dialect)
    const { results } = whatIsAsked(route.dialect, call.body ?? {})
    assert.deepEqual(
      results.map((result) => /rain in (\w+)/.exec(result)?.[1]),
      ['Paris', 'Oslo'],
    )
    await assertCharged(world, customer, BOTH.usage, VERDICT.usage)
  }

  for (const agent of [runTools, toolRunner, automatic, ...steps]) {
    for (const place of PLACE_NAMES) {
      for (const stream of [false, true]) {
        const name = `${agent.name} at ${place}, ${stream ? 'streamed' : 'whole'}: T1, T6: both results go back, in order`
        test(name, () => loop(agent, place, stream))
      }
    }
  }
})
