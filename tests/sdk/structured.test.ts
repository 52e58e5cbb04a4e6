import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Scene } from '../replay/answers/scene.ts'
import { STRUCTURED } from './clients/structured.ts'
import type { Structured } from './clients/structured.ts'
import { assertCharged } from './cost.ts'
import { accessOf, lastCall, PLACE_NAMES, PLACES, startWorld, stopWorld } from './world.ts'
import type { PlaceName, World } from './world.ts'

const WEATHER = { sky: 'rain', degrees: 9 }

describe('official clients ask for an object by a schema, each in its own way', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  beforeEach(() => world.replay.reset())
  after(() => stopWorld(world))

  async function asked(client: Structured, place: PlaceName, stream: boolean): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    const tool = client.tool?.(place)
    const answer: Scene = {
      parts: [tool === undefined ? { type: 'text', text: JSON.stringify(WEATHER) } : { type: 'call', name: tool, arguments: WEATHER }],
      stop: tool === undefined ? 'stop' : 'tool_calls',
      usage: { input: 40, output: 11 },
    }
    world.replay.next({ answer })
    const asking = client.ask(accessOf(world, customer), PLACES[place].model, stream)
    if (client.refused(place)) {
      await assert.rejects(asking)
      return assertCharged(world, customer)
    }
    assert.deepEqual(await asking, WEATHER)
    assert.match(lastCall(world.replay).call.bytes.toString('utf8'), /"sky".*"enum":\["rain","sun"\].*"degrees"/)
    await assertCharged(world, customer, answer.usage)
  }

  for (const client of STRUCTURED) {
    for (const place of PLACE_NAMES) {
      for (const stream of client.wholeOnly === true ? [false] : [false, true]) {
        const outcome = client.refused(place) ? 'refused, and free' : 'the object arrives'
        test(`${client.name} at ${place}, ${stream ? 'streamed' : 'whole'}: M8: ${outcome}`, () => asked(client, place, stream))
      }
    }
  }
})
