import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packRows, unpackRows } from '../src/sqlite/row-text.ts'

describe('records on their way between threads', () => {
  it('arrive with the columns that they fill, amounts to the last digit, text as it was', () => {
    const rows = [
      ['req_1', 1_790_000_000_000, null, 2n ** 63n - 1n, 'a"b\u0000\u001f\u{1F4B0}\\', null, 0],
      [null, null, '', -1n],
    ]
    assert.deepEqual(unpackRows(packRows(rows)), [
      [1 + 2 + 8 + 16 + 64, 'req_1', 1_790_000_000_000, '9223372036854775807', 'a"b\u0000\u001f\u{1F4B0}\\', 0],
      [4 + 8, '', '-1'],
    ])
    assert.deepEqual(unpackRows(packRows([])), [])
  })
})
