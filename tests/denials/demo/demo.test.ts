import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demonstrate } from './demonstrate.ts'

test('the demo of refusals shows each answer, carries out the fix, and shows what came of it, in the terminal and as a page', async () => {
  let terminal = ''
  const codes = ['permission_denied', 'insufficient_balance', 'stream_funds_exhausted']
  const { page, failed } = await demonstrate(codes, (text) => (terminal += `${text}\n`))
  assert.equal(failed, 0, terminal)
  assert.match(terminal, / 2\/3 {2}402 insufficient_balance: Balance too low for this request\n/)
  assert.match(terminal, /answer {2}Acme's balance is 0\.004 USD/)
  assert.match(terminal, /fix {5}faregate grant org_\w+ 5\.00 \(operator\)\n {6}again {3}✓ 200, charged 0\.005\n/)
  for (const code of codes) assert.ok(page.includes(`<section id="${code}">`))
  assert.match(page, /3 of 3 were served/)
  assert.match(page, /&quot;code&quot;: &quot;insufficient_balance&quot;/)
  assert.ok(!/<(script|link|img)/.test(page), 'it needs nothing else')
})

test('a code that does not exist is named', async () => {
  await assert.rejects(
    demonstrate(['no_such_code'], () => undefined),
    /no such code: no_such_code/,
  )
})
