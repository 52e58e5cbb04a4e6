import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../src/program.ts'

test('the help says of every command, and of every group of commands, what it is', async () => {
  let said = ''
  assert.equal(await run(['--help'], { environment: {}, stdout: (text) => (said += text), stderr: assert.fail }), 0)
  const [, commands = ''] = said.split('Commands:\n')
  const listed = commands.split('\n').filter((line) => /^ {2}\S/.test(line))
  assert.ok(listed.length > 30, said)
  assert.deepEqual(
    listed.filter((line) => !/^ {2}\S.*?\s{2,}\S/.test(line)),
    [],
  )
})
