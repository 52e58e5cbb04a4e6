import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { ROOT } from '../support/gateway.ts'
import { postgresMissing } from '../support/postgres.ts'
import { assertShown } from './expect.ts'
import { GuideWorld, readGuide } from './guide-world.ts'
import type { Ran } from './guide-world.ts'
import { blocksOf } from './markdown.ts'
import type { Block } from './markdown.ts'

const GUIDES = readdirSync(join(ROOT, 'docs/guides'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -3))
const noPostgres = await postgresMissing()

/** Records are written off the request path: what only reads them may be asked again. */
const READS = /^npx faregate (requests|usage|balance|diagnose|key list|provider list)\b[^|]*$/

describe('guides', { concurrency: 2 }, () => {
  for (const name of GUIDES) {
    it(`docs/guides/${name}.md does what it says, command by command`, async (context) => follow(context, name))
  }
})

async function follow(context: TestContext, name: string): Promise<void> {
  const blocks = blocksOf(readGuide(name))
  const world = await GuideWorld.make(noPostgres === false && blocks.some((block) => block.flags.includes('postgres')))
  try {
    for (const [index, block] of blocks.entries()) {
      const title = `${name}.md:${block.line} ${block.text.split('\n')[0] ?? ''}`
      if (noPostgres !== false && block.flags.includes('postgres')) {
        await context.test(title, { skip: noPostgres }, () => undefined)
        continue
      }
      const action = actionOf(world, block)
      if (action === undefined) continue
      await context.test(title, async () => {
        await carryOut(action, block, blocks[index + 1])
      })
    }
  } finally {
    await world.close()
  }
}

/** What a block asks for; `undefined` where it only shows something. */
function actionOf(world: GuideWorld, block: Block): (() => Promise<Ran>) | undefined {
  const file = /^# (\S+\.yaml)$/m.exec(block.text.split('\n')[0] ?? '')?.[1]
  if (block.language === 'yaml' && file !== undefined) {
    world.write(file, block.text)
    return undefined
  }
  if (block.flags.includes('no-run')) {
    assert.ok(block.comment !== undefined, `line ${block.line}: say in a comment before the block why it is not run`)
    return undefined
  }
  if (block.language === 'js') return () => world.runScript(block.text, block.line)
  if (block.language !== 'sh') return undefined
  if (block.flags.includes('serve')) return () => world.serve(block.text, block.flags.includes('more'))
  return async () => {
    if (!world.serving && !block.flags.includes('alone')) await world.serve('npx faregate start')
    return world.run(block.text)
  }
}

async function carryOut(action: () => Promise<Ran>, block: Block, next: Block | undefined): Promise<void> {
  const shown =
    next !== undefined && (next.language === 'text' || next.language === 'json') && !next.flags.includes('no-run') ? next : undefined
  const deadline = performance.now() + 5_000
  for (;;) {
    const ran = await action()
    try {
      assert.equal(ran.code !== 0, block.flags.includes('fails'), `exit code ${ran.code}:\n${ran.output}`)
      if (process.env['FAREGATE_SHOW_GUIDES'] !== undefined) process.stderr.write(`\n--- ${block.line}: ${block.text}\n${ran.output}\n`)
      if (shown !== undefined) assertShown(shown.text, ran.output, shown.language)
      return
    } catch (error) {
      if (performance.now() > deadline || !READS.test(block.text)) throw error
    }
  }
}
