import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ENGINES } from '../support/engines.ts'
import { nano } from '../support/decimal.ts'
import { header } from '../support/http.ts'
import { eventually } from '../support/wait.ts'
import { promptWorld, TRANSLATE } from './prompt-world.ts'

interface Usage {
  calls: number
  statuses: Record<string, number>
  revenue: string
  releases: { release: number | null; calls: number; revenue: string }[]
}

for (const { name, skip, block } of ENGINES) {
  describe(
    `what is told of the calls of a prompt, on ${name}`,
    { skip },
    block((engine) => {
      const world = promptWorld(engine)

      test('each call belongs to the release that served it, and brings in what was charged', async () => {
        const { gateway } = world
        const values = { text: 'Hello', language: 'de' }
        const first = await world.call(values)
        await world.publish('translate', { ...TRANSLATE, system: `${TRANSLATE.system} Take your time.` })
        const second = await world.call(values)
        assert.equal((await world.call({ text: 'Hello' })).status, 400)
        const usage = () => gateway.api.expect<Usage>(200, 'GET', '/api/apis/translate/usage')
        await eventually(async () => assert.equal((await usage()).calls, 3))
        const told = await usage()
        const [one, two] = [first, second].map((answer) => header(answer, 'faregate-cost') ?? '')
        assert.ok(nano(one ?? '') > 0n && nano(one ?? '') < nano(two ?? ''))
        assert.deepEqual(
          told.releases.map(({ release, calls, revenue }) => [release, calls, nano(revenue)]),
          [
            [1, 1, nano(one ?? '')],
            [2, 2, nano(two ?? '')],
          ],
        )
        assert.equal(nano(told.revenue), nano(one ?? '') + nano(two ?? ''))
        assert.deepEqual([told.statuses['2xx'], told.statuses['4xx']], [2, 1])
      })
    }),
  )
}
