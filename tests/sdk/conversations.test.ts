import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { whatIsAsked } from '../replay/answers/asked.ts'
import type { Scene, SceneUsage } from '../replay/answers/scene.ts'
import type { Customer } from '../support/gateway.ts'
import { CLIENTS } from './clients/all.ts'
import { QUESTION, SYSTEM, WEATHER } from './clients/client.ts'
import type { Heard, SdkClient, TalkOptions } from './clients/client.ts'
import { assertCharged } from './cost.ts'
import { accessOf, lastCall, PLACE_NAMES, PLACES, startWorld, stopWorld, TELLS_CACHE } from './world.ts'
import type { PlaceName, World } from './world.ts'

const GREETING: Scene = {
  parts: [{ type: 'text', text: 'Grüße aus Paris: it rains 🌧, as ever.' }],
  stop: 'stop',
  usage: { input: 31, output: 17 },
}
const CALL: Scene = {
  parts: [{ type: 'call', name: WEATHER.name, arguments: { city: 'Paris', unit: 'celsius' } }],
  stop: 'tool_calls',
  usage: { input: 83, output: 29 },
}
/** What was said before is read from a cache where there is one. */
function verdictAt(place: PlaceName): Scene {
  const usage = TELLS_CACHE.has(place) ? { input: 38, cacheRead: 83, output: 7 } : { input: 121, output: 7 }
  return { parts: [{ type: 'text', text: 'Rain, all day.' }], stop: 'stop', usage }
}
const RESULT = '{"sky":"rain"}'

describe('official clients, changed only in base URL and key', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  beforeEach(() => world.replay.reset())
  after(() => stopWorld(world))

  /** One client at one vendor. */
  interface Case {
    client: SdkClient
    place: PlaceName
    options: TalkOptions
  }

  async function plain({ client, place, options }: Case): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    world.replay.next({ answer: GREETING })
    const heard = await client.talk(accessOf(world, customer), PLACES[place].model, options).ask()
    assertHeard(heard, GREETING, { client, place, options })
    if (options.stream) assert.ok(heard.pieces > 1, `${heard.pieces} pieces`)
    await assertAskedAndCharged(customer, GREETING.usage)
  }

  async function withTool({ client, place, options }: Case): Promise<void> {
    const customer = await world.gateway.customer('5.00')
    const verdict = verdictAt(place)
    world.replay.next({ answer: CALL })
    world.replay.next({ answer: verdict })
    const talk = client.talk(accessOf(world, customer), PLACES[place].model, options)
    assertHeard(await talk.ask(), CALL, { client, place, options })
    assertHeard(await talk.answer(RESULT), verdict, { client, place, options })
    assertResult()
    await assertAskedAndCharged(customer, CALL.usage, verdict.usage)
  }

  /** What the client itself cannot read fails as it is known to, so that it is noticed when it no longer does. */
  function testUnless({ client, place, options }: Case, name: string, check: () => Promise<void>): void {
    const why = client.cannot?.(place, options)
    if (why === undefined) test(name, check)
    else test(`${name}: not with this client, for ${why}`, () => assert.rejects(check(), why))
  }

  for (const client of CLIENTS) {
    for (const place of PLACE_NAMES) {
      for (const stream of [false, true]) {
        const how = `${client.name} at ${place}, ${stream ? 'streamed' : 'whole'}`
        const asks = { client, place, options: { stream, tools: false } }
        const calls = { client, place, options: { stream, tools: true } }
        testUnless(asks, `${how}: U1, R1: the answer, its end, its usage, and its price`, () => plain(asks))
        testUnless(
          calls,
          `${how}: T6, U1: a tool is called, its result goes back, and both are charged, what a cache had by its own price`,
          () => withTool(calls),
        )
      }
    }
  }

  /** What the client asked has arrived, in whatever words; what was answered is charged. */
  async function assertAskedAndCharged(customer: Customer, ...usages: SceneUsage[]): Promise<void> {
    const sent = lastCall(world.replay).call.bytes.toString('utf8')
    for (const text of [SYSTEM, QUESTION]) assert.ok(sent.includes(text), `${text} in ${sent}`)
    await assertCharged(world, customer, ...usages)
  }

  /** The last thing the vendor was told is what the tool found. */
  function assertResult(): void {
    const { route, call } = lastCall(world.replay)
    assert.ok(route?.dialect)
    const { results, tools } = whatIsAsked(route.dialect, call.body ?? {})
    assert.equal(results.length, 1)
    assert.match(results[0] ?? '', /rain/)
    assert.deepEqual(
      tools.map(({ name }) => name),
      [WEATHER.name],
    )
  }

  /** What the client made of an answer is what the vendor said. */
  function assertHeard(heard: Heard, scene: Scene, { client, place, options }: Case): void {
    assert.equal(heard.text, scene.parts.map((part) => (part.type === 'text' ? part.text : '')).join(''))
    assert.deepEqual(
      heard.calls,
      scene.parts.flatMap((part) => (part.type === 'call' ? [{ name: part.name, arguments: part.arguments }] : [])),
    )
    assert.equal(heard.stop, scene.stop === 'tool_calls' ? client.stops.tool_calls : client.stops.stop)
    assert.deepEqual(heard.usage, client.usage(scene.usage, place, options))
  }
})
