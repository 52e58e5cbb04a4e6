import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Scene } from '../replay/answers/scene.ts'
import { WEATHER } from './clients/client.ts'
import { THINKERS } from './clients/thinking.ts'
import type { Thinker } from './clients/thinking.ts'
import { assertCharged } from './cost.ts'
import { accessOf, lastCall, startWorld, stopWorld } from './world.ts'
import type { PlaceName, World } from './world.ts'

/** Models that think, by their vendor; what the vendor calls the signature that it wants back, if it signs. */
const MODELS: Record<string, { provider: PlaceName; model: string; signature?: string }> = {
  'claude-sonnet-4-5': { provider: 'anthropic', model: 'claude-sonnet-4-5', signature: 'signature' },
  'bedrock-claude': { provider: 'bedrock', model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', signature: 'signature' },
  'gemini-3-pro-preview': { provider: 'gemini', model: 'gemini-3-pro-preview', signature: 'thoughtSignature' },
  'gpt-5.1-codex': { provider: 'openai', model: 'gpt-5.1-codex', signature: 'encrypted_content' },
  'deepseek-chat': { provider: 'deepseek', model: 'deepseek-chat' },
  'command-a-reasoning-08-2025': { provider: 'cohere', model: 'command-a-reasoning-08-2025' },
  qwen3: { provider: 'ollama', model: 'qwen3' },
}

const CALL: Scene = {
  parts: [
    { type: 'reasoning', text: 'I must look.' },
    { type: 'call', name: WEATHER.name, arguments: { city: 'Paris', unit: 'celsius' } },
  ],
  stop: 'tool_calls',
  usage: { input: 83, output: 29, reasoning: 11 },
}
const VERDICT: Scene = { parts: [{ type: 'text', text: 'Rain.' }], stop: 'stop', usage: { input: 121, output: 3 } }

describe('official clients have models think in a loop of tools, and give back what was thought', () => {
  let world: World

  before(async () => {
    world = await startWorld(Object.fromEntries(Object.entries(MODELS).map(([name, { provider, model }]) => [name, { provider, model }])))
  })
  beforeEach(() => world.replay.reset())
  after(() => stopWorld(world))

  async function thinks(thinker: Thinker, name: string, stream: boolean): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    const { provider, signature } = MODELS[name] ?? assert.fail(name)
    world.replay.next({ answer: CALL })
    // Google's client keeps every piece of a stream as a turn of its own, which Gemini takes.
    world.replay.next({ answer: VERDICT, lenient: provider === 'gemini' && stream && thinker.name.startsWith('@google/genai') })
    assert.deepEqual(await thinker.run(accessOf(world, customer), name, stream, 'wet'), { thought: 'I must look.', text: 'Rain.' })
    const sent = lastCall(world.replay).call.bytes.toString('utf8')
    assert.match(sent, /wet/)
    if (signature !== undefined) assert.match(sent, new RegExp(`"${signature}":"[^"]+"`))
    await assertCharged(world, customer, CALL.usage, VERDICT.usage)
  }

  for (const thinker of THINKERS) {
    for (const name of Object.keys(MODELS).filter((one) => thinker.lacks?.includes(one) !== true)) {
      for (const stream of [false, true]) {
        const how = `${thinker.name} at ${name}, ${stream ? 'streamed' : 'whole'}`
        test(`${how}: M6, T4, U1: what was thought is told, goes back signed, and is charged`, () => thinks(thinker, name, stream))
      }
    }
  }
})
