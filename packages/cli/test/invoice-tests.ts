import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Said } from './support.ts'

interface Shell {
  does: (...args: string[]) => Promise<Said>
  runs: (...args: string[]) => Promise<Said>
}

/** Commands of billing in arrears; invoices themselves need a month to end, which `tests/money/invoices.test.ts` has. */
export function invoiceTests({ does, runs }: Shell): void {
  test('an organization is billed in arrears, and prepaid again', async () => {
    await does(
      'org',
      'create',
      'later',
      '--arrears',
      '500.00',
      '--bill-name',
      'Later Ltd',
      '--bill-address',
      '1 Road\\nTown',
      '--tax-number',
      'GB1',
    )
    assert.match((await does('balance', 'later')).stdout, /^credit limit +500\.00$[^]*^spendable +500\.00 USD$/m)
    assert.match((await does('org', 'show', 'later')).stdout, /^billing +in arrears, up to 500\.00$/m)
    assert.match((await does('org', 'update', 'later', '--arrears', '20')).stdout, /; in arrears, up to 20\.00\.$/m)
    assert.match((await does('org', 'update', 'later', '--prepaid')).stdout, /; prepaid\.$/m)
    assert.equal((await runs('org', 'update', 'later', '--prepaid', '--arrears', '1')).code, 2)
    assert.equal((await runs('org', 'update', 'later', '--arrears', 'much')).code, 2)
  })

  test('invoices are listed, shown and corrected, where there are any', async () => {
    assert.match((await does('invoice', 'list', 'later')).stdout, /^None\.$/m)
    for (const format of [[], ['--csv'], ['--html']]) {
      const said = await runs('invoice', 'show', 'INV-999999', ...format)
      assert.deepEqual([said.code, /\(not_found\)/.test(said.stderr)], [1, true], said.stderr)
    }
    assert.equal((await runs('invoice', 'credit', 'INV-999999', '1.00')).code, 2, 'it says why')
    assert.equal((await runs('invoice', 'credit', 'INV-999999', '1.00', '--reason', 'r')).code, 1)
  })
}
