import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPath } from '@faregate/lifecycle'

describe('a path is read in one way, or not at all', () => {
  for (const [path, segments] of [
    ['', []],
    ['/', []],
    ['/a/b', ['a', 'b']],
    ['/a/b/', ['a', 'b']],
    ['/%61/b%20c', ['a', 'b c']],
    ['/caf%C3%A9', ['café']],
    ['/a.b/..c', ['a.b', '..c']],
    ['/a;v=1/b', ['a;v=1', 'b']],
  ] as const) {
    test(`"${path}" is ${JSON.stringify(segments)}`, () => assert.deepEqual(readPath(path, 'refuse'), { ok: true, segments }))
  }
  for (const path of [
    '/a//b',
    '//a',
    '/a/./b',
    '/a/../b',
    '/a/..',
    '/a/%2e%2e/b',
    '/a/%2E./b',
    '/a/..;x/b',
    '/a%2Fb',
    '/a%5cb',
    '/a\\b',
    '/a%00b',
    '/a%0d%0ab',
    '/a%7f',
    '/a%zz',
    '/a%C3',
  ]) {
    test(`"${path}" is refused`, () => assert.equal(readPath(path, 'refuse').ok, false))
  }
})

test('encoded slashes pass where they may, never what leads to another place', () => {
  assert.deepEqual(readPath('/group%2Fproject', 'pass'), { ok: true, segments: ['group/project'] })
  assert.equal(readPath('/cheap/..%2Fdear', 'pass').ok, false)
  assert.equal(readPath('/cheap%2F..%5Cdear', 'pass').ok, false)
})
