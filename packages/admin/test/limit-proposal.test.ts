import assert from 'node:assert/strict'
import { it } from 'node:test'
import { proposalOf } from '../src/limit-requests/usage.ts'

it('proposes one and a half times the peak, rounded up to two digits, at least what is in force, at most what was asked for', () => {
  for (const [current, peak, asked, proposed] of [
    [100n, 100n, null, 150n],
    [100n, 90n, null, 140n],
    [100n, 10n, null, 100n],
    [100n, 100n, 120n, 120n],
    [100n, 10n, 120n, 100n],
    [5n, 5n, null, 8n],
    [1n, 1n, null, 2n],
    [90_000_000n, 90_000_000n, null, 140_000_000n],
    [100n, 0n, null, 100n],
  ] as const) {
    assert.equal(proposalOf({ current }, peak, asked), proposed, `${current}, ${peak}, ${asked}`)
  }
})
