import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { run } from '../support/cli.ts'
import { ROOT } from '../support/gateway.ts'
import { assertShown } from './expect.ts'
import { blocksOf } from './markdown.ts'
import { read } from './pages.ts'

it('README shows what npm run demo prints, and the demo runs into a refusal and out of it', async () => {
  const shown = blocksOf(read('README.md')).find((block) => block.language === 'text')
  assert.ok(shown !== undefined)
  const demo = await run(process.execPath, [join(ROOT, 'tools/demo.ts')])
  assert.equal(demo.code, 0, demo.stderr)
  assertShown(shown.text, demo.stdout, 'text')
})

it('README names the two commands, and they are the first that it shows', () => {
  const commands = blocksOf(read('README.md')).find((block) => block.language === 'sh')
  assert.match(commands?.text ?? '', /^npm ci && npm start .*\nnpm ci && npm test .*$/)
})
