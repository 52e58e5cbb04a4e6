import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Scene } from '../replay/answers/scene.ts'
import { send } from '../support/http.ts'
import { PeakMemory } from '../support/memory.ts'
import { residentMb } from '../support/process.ts'
import { openaiChat } from './surfaces/openai-chat.ts'
import { startWorld, stopWorld, type World } from './world.ts'

const MB = 1024 * 1024
/** Base64, of a PNG as far as its first bytes tell. */
const IMAGE = `iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf${'A'.repeat(20 * MB)}`
const SCENE: Scene = { parts: [{ type: 'text', text: 'Large.' }], stop: 'stop', usage: { input: 300, output: 3 } }

/** How often the body may be in memory: as it comes and is put together, is read and is written, and what waits to be collected. */
const MOST_TIMES = 12
const MOST_MS = 5_000

describe('I3: an image of 20 MB', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  after(() => stopWorld(world))

  for (const [how, model] of [
    ['passed on', 'openai-plain'],
    ['translated', 'anthropic-plain'],
  ] as const) {
    test(`${how}: arrives whole, in bounded time and memory, and in no log`, async (context) => {
      world.replay.next({ answer: SCENE, lenient: true })
      const content = [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}` } },
      ]
      const body = { model, max_completion_tokens: 10, messages: [{ role: 'user', content }] }
      const resident = residentMb(world.gateway.pid)
      const memory = new PeakMemory(world.gateway.pid)
      const answer = await send(world.gateway.url + openaiChat.path(model, false), {
        body,
        headers: openaiChat.headers(world.customer.key),
      })
      const times = (memory.stop() - resident) / (IMAGE.length / MB)
      assert.equal(answer.status, 200, answer.text)
      assert.ok(world.replay.requests.at(-1)?.call.bytes.includes(IMAGE))
      context.diagnostic(`${Math.round(answer.totalMs)} ms, ${times.toFixed(1)} times its size in memory`)
      assert.ok(answer.totalMs < MOST_MS, `${answer.totalMs} ms`)
      assert.ok(times < MOST_TIMES, `${times} times its size`)
      assert.ok(world.gateway.output.length < MB)
    })
  }
})
