import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import { Ollama } from 'ollama'
import type { GenerateResponse } from 'ollama'
import type { Scene } from '../replay/answers/scene.ts'
import type { Access } from './clients/client.ts'
import { openaiClient } from './clients/openai-chat.ts'
import { assertCharged } from './cost.ts'
import { accessOf, lastCall, PLACE_NAMES, PLACES, startWorld, stopWorld } from './world.ts'
import type { PlaceName, World } from './world.ts'

const PROMPT = 'Once upon a time'
const STORY: Scene = { parts: [{ type: 'text', text: 'there was an otter. 🦦' }], stop: 'stop', usage: { input: 9, output: 8 } }

interface Told {
  text: string
  input: number | undefined
  output: number | undefined
}

/** A client's older way: a prompt is gone on with, and there are no messages. */
interface Older {
  name: string
  tell(access: Access, model: string, stream: boolean): Promise<Told>
}

const completions: Older = {
  name: 'openai: completions',
  async tell(access, model, stream) {
    const { completions: client } = openaiClient(access)
    const asked = { model, prompt: PROMPT, max_tokens: 50 }
    if (!stream) {
      const { choices, usage } = await client.create(asked)
      return { text: choices[0]?.text ?? '', input: usage?.prompt_tokens, output: usage?.completion_tokens }
    }
    const told: Told = { text: '', input: undefined, output: undefined }
    for await (const { choices, usage } of await client.create({ ...asked, stream: true, stream_options: { include_usage: true } })) {
      told.text += choices[0]?.text ?? ''
      if (usage != null) Object.assign(told, { input: usage.prompt_tokens, output: usage.completion_tokens })
    }
    return told
  },
}

const generate: Older = {
  name: 'ollama: generate',
  async tell({ url, key }, model, stream) {
    const client = new Ollama({ host: `${url}/ollama`, headers: { authorization: `Bearer ${key}` } })
    const asked = { model, prompt: PROMPT, options: { num_predict: 50 } }
    const pieces: GenerateResponse[] = []
    if (stream) for await (const piece of await client.generate({ ...asked, stream: true })) pieces.push(piece)
    else pieces.push(await client.generate(asked))
    const last = pieces.at(-1)
    return { text: pieces.map(({ response }) => response).join(''), input: last?.prompt_eval_count, output: last?.eval_count }
  },
}

const aiSdk: Older = {
  name: 'ai with @ai-sdk/openai: completion',
  async tell({ url, key }, name, stream) {
    const model = createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).completion(name)
    const asked = { model, prompt: PROMPT, maxOutputTokens: 50, maxRetries: 0 }
    const result = stream ? streamText({ ...asked, onError: () => undefined }) : await generateText(asked)
    const { inputTokens: input, outputTokens: output } = await result.usage
    return { text: await result.text, input, output }
  },
}

describe('the older ways of official clients', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  beforeEach(() => world.replay.reset())
  after(() => stopWorld(world))

  async function tells(older: Older, place: PlaceName, stream: boolean): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    world.replay.next({ answer: STORY })
    const told = await older.tell(accessOf(world, customer), PLACES[place].model, stream)
    assert.deepEqual(told, { text: 'there was an otter. 🦦', input: 9, output: 8 })
    assert.ok(lastCall(world.replay).call.bytes.toString('utf8').includes(PROMPT))
    await assertCharged(world, customer, STORY.usage)
  }

  for (const older of [completions, generate, aiSdk]) {
    for (const place of PLACE_NAMES) {
      for (const stream of [false, true]) {
        test(`${older.name} at ${place}, ${stream ? 'streamed' : 'whole'}: U1: the text, its usage, and its price`, () =>
          tells(older, place, stream))
      }
    }
  }
})
