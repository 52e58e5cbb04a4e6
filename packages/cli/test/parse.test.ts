import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../src/command.ts'
import { fields, table } from '../src/output.ts'
import { amountOf, capOf, deploymentOf, instantOf, ratesOf } from '../src/parse.ts'

const NOW = Date.UTC(2026, 10, 22, 13)

test('M1: an amount is an exact decimal above zero; anything else is a usage error that says how to write it', () => {
  assert.equal(amountOf('5.00'), '5.00')
  for (const wrong of ['0', '0.00', '-1', '1e3', '1,5', '1.0000000001', '', 'five']) assert.throws(() => amountOf(wrong), UsageError, wrong)
})

test('a cap is an amount and a period', () => {
  assert.deepEqual(capOf('1/day'), { amount: '1', period: 'day' })
  assert.deepEqual(capOf('20.50/month'), { amount: '20.50', period: 'month' })
  for (const wrong of ['1', '1/', '1/year', '/day', '1/day/day', '0/day']) assert.throws(() => capOf(wrong), UsageError, wrong)
})

test('an expiry is a time, a date in UTC, or a span from now', () => {
  assert.equal(instantOf('2027-01-31T12:00:00+01:00', NOW), '2027-01-31T11:00:00.000Z')
  assert.equal(instantOf('2027-01-31', NOW), '2027-01-31T00:00:00.000Z')
  assert.equal(instantOf('12h', NOW), '2026-11-23T01:00:00.000Z')
  assert.equal(instantOf('30d', NOW), '2026-12-22T13:00:00.000Z')
  for (const wrong of ['tomorrow', '2027-02-31T00:00:00', '2027-13-01', '5', '5m', ''])
    assert.throws(() => instantOf(wrong, NOW), UsageError, wrong)
})

test('prices are BUCKET=PRICE, zero allowed, for a price of zero is a stated one', () => {
  assert.deepEqual(ratesOf(['input=0.05', 'output=0']), { input: '0.05', output: '0' })
  for (const wrong of ['input', 'input=', '=1', 'input=1=2', 'input=-1']) assert.throws(() => ratesOf([wrong]), UsageError, wrong)
})

test('a deployment is PROVIDER/MODEL, and the model keeps its own slashes', () => {
  assert.deepEqual(deploymentOf('together/meta/llama'), { provider: 'together', model: 'meta/llama' })
  for (const wrong of ['gpt', '/gpt', 'openai/']) assert.throws(() => deploymentOf(wrong), UsageError, wrong)
})

test('a table lines its columns up, numbers to the right, unknown as a dash', () => {
  const text = table(
    ['name', 'cost'],
    [
      ['a', '0.05'],
      ['long', null],
    ],
  )
  assert.equal(text, 'NAME  COST\na     0.05\nlong     –')
  assert.equal(table(['name'], [], 'Nothing.'), 'Nothing.')
  assert.equal(
    fields([
      ['id', 'x'],
      ['cost', null],
      ['left', undefined],
    ]),
    'id    x\ncost  –',
  )
})
