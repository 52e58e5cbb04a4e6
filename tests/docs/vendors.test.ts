import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GUIDES } from '../../tools/docs/vendors/guides.ts'
import { follow } from './follow.ts'
import { GuideWorld } from './guide-world.ts'
import { read } from './pages.ts'
import { StandIn } from './stand-in.ts'

describe('guides to vendors', { concurrency: 2 }, () => {
  for (const { name, kind, key, own, addressVariable } of GUIDES) {
    it(`docs/guides/vendors/${name}.md does what it says, and keeps the rules of the vendor`, async (context) => {
      const standIn = await StandIn.start(kind)
      const world = await GuideWorld.make({ variables: { [addressVariable]: standIn.address } })
      try {
        world.write('service-account.json', standIn.serviceAccount())
        await follow(context, world, { title: `${name}.md`, text: read(`docs/guides/vendors/${name}.md`) })
        const right = { key: key !== undefined, status: 200, broke: undefined }
        assert.deepEqual(standIn.asked, own === undefined ? [right] : [right, right])
      } finally {
        await world.close()
        await standIn.close()
      }
    })
  }
})
