import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathChange, rewritten } from '../../src/apis/upstreams/compiled.ts'

for (const [from, to, rest, sent] of [
  ['/v1', '/', '/v1/a/b', '/a/b'],
  ['/v1', '/', '/v1', ''],
  ['/v1', '/', '/v1/', '/'],
  ['/v1', '/', '/v10/a', '/v10/a'],
  ['/v1', '/', '/a/v1', '/a/v1'],
  ['/v1', '/', '', ''],
  ['/v1', '/2024/x', '/v1/a%20b/', '/2024/x/a%20b/'],
  ['/v1', '/2', '/%76%31/a', '/2/a'],
  ['/v1/old', '/', '/v1/old/a', '/a'],
  ['/v1/old', '/', '/v1/new/a', '/v1/new/a'],
  ['/', '/base', '/a', '/base/a'],
] as const) {
  test(`${from} to ${to}: "${rest}" is sent as "${sent}"`, () => {
    const change = pathChange({ from, to })
    assert.ok(change)
    assert.equal(rewritten(rest, change), sent)
  })
}
