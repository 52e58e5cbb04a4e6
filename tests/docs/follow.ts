import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { assertShown } from './expect.ts'
import type { GuideWorld, Ran } from './guide-world.ts'
import { blocksOf } from './markdown.ts'
import type { Block } from './markdown.ts'

/** Records are written off the request path: what only reads them may be asked again. */
const READS = /^npx faregate (requests|usage|api usage|balance|diagnose|key list|provider list)\b[^|]*$/

/** A guide that is followed, block by block, in a world of its own. */
export interface Followed {
  /** Shown in the names of the tests. */
  title: string
  text: string
  /** Why blocks that need PostgreSQL are skipped; false: they are not. */
  noPostgres?: string | false
}

/** Does what a guide says, in order, and compares what comes with what it shows. */
export async function follow(context: TestContext, world: GuideWorld, { title: page, text, noPostgres = false }: Followed): Promise<void> {
  const blocks = blocksOf(text)
  for (const [index, block] of blocks.entries()) {
    const title = `${page}:${block.line} ${block.text.split('\n')[0] ?? ''}`
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
