import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fixtures } from './answers/fixtures.ts'
import { callsOf, textOf, totals, type Scene } from './answers/scene.ts'
import { STREAMS, type StreamCase } from './cases/streams.ts'
import { eventsOf, hear, type Heard } from './reading/heard.ts'
import { startReplay, type Replay } from './server.ts'

let replay: Replay
before(async () => {
  replay = await startReplay()
})
after(() => replay.close())

async function bytesOf(way: StreamCase, stream: boolean, directive: string): Promise<Buffer> {
  const response = await fetch(`${replay.origins[way.vendor]}${way.path(stream)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-replay': directive, ...way.headers },
    body: JSON.stringify(way.body(stream)),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(response.status, 200, bytes.toString('utf8'))
  return bytes
}

/** What this vendor can show of a scene. */
function expected(scene: Scene, way: StreamCase): Omit<Heard, 'stop'> {
  const { input, output } = totals(scene.usage)
  return {
    text:
      way.textOnly === true
        ? textOf(scene, 'text') + (way.refuses === true ? textOf(scene, 'refusal') : '')
        : textOf(scene, 'text') + textOf(scene, 'refusal'),
    reasoning: way.shows === false ? '' : textOf(scene, 'reasoning'),
    calls: way.textOnly === true ? [] : callsOf(scene).map(({ name, arguments: given }) => ({ name, arguments: given })),
    usage: { input, output },
  }
}

for (const way of STREAMS) {
  test(`${way.name}: every fixture says the same whole, in a stream, and in a stream of single bytes, as another parser reads it`, async () => {
    for (const [name, scene] of fixtures()) {
      const { stop, ...whole } = hear(way.dialect, [
        JSON.parse((await bytesOf(way, false, name)).toString('utf8')) as Record<string, unknown>,
      ])
      assert.deepEqual(whole, expected(scene, way), name)
      const { stop: streamedStop, ...streamed } = hear(way.dialect, eventsOf(way.framing, await bytesOf(way, true, name)))
      assert.deepEqual(streamed, expected(scene, way), name)
      assert.equal(streamedStop, stop, name)
      assert.notEqual(stop, '', name)
    }
    const again = eventsOf(way.framing, await bytesOf(way, true, 'unicode,split=1'))
    assert.equal(
      hear(way.dialect, again).text,
      textOf(fixtures().get('unicode') ?? { parts: [], stop: 'stop', usage: { input: 0, output: 0 } }, 'text'),
    )
  })
}
