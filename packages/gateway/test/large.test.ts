import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { completion } from './support/upstream.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
afterEach(() => world.close())

test('M21: a large answer that arrives whole without usage is charged for all of it, what is withheld and on its way included', async () => {
  world = await openWorld({ grant: '1000' })
  const body = completion('x'.repeat(1_500_000))
  world.upstream.behave((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body))
  const record = world.recorded()
  const response = await world.post({ model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 500_000 })
  assert.equal((await response.text()).length, body.length)
  const { cost, estimated } = await record
  assert.deepEqual({ cost, estimated }, { cost: 3_000n + BigInt(Math.ceil(body.length / 4)) * 2_000n, estimated: true })
})
