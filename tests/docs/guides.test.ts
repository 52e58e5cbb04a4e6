import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ROOT } from '../support/gateway.ts'
import { postgresMissing } from '../support/postgres.ts'
import { follow } from './follow.ts'
import { GuideWorld, readGuide } from './guide-world.ts'
import { blocksOf } from './markdown.ts'

const GUIDES = readdirSync(join(ROOT, 'docs/guides'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -3))
const noPostgres = await postgresMissing()

describe('guides', { concurrency: 2 }, () => {
  for (const name of GUIDES) {
    it(`docs/guides/${name}.md does what it says, command by command`, async (context) => {
      const text = readGuide(name)
      const postgres = noPostgres === false && blocksOf(text).some((block) => block.flags.includes('postgres'))
      const world = await GuideWorld.make({ postgres })
      try {
        await follow(context, world, { title: `${name}.md`, text, noPostgres })
      } finally {
        await world.close()
      }
    })
  }
})
