import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patch, scanMembers } from '../src/index.ts'
import type { Edit, OkScan } from '../src/index.ts'

function scanned(text: string): OkScan {
  const scan = scanMembers(Buffer.from(text))
  assert.ok(scan.ok, JSON.stringify(scan))
  return scan
}

function edited(text: string, ...edits: Edit[]): string {
  return patch(Buffer.from(text), scanned(text), edits).toString()
}

test('members are found by byte offset, past text that looks like one', () => {
  const text = '{"messages":[{"content":"é \\"model\\":\\"x\\" {[\\\\"}], "model" : "gpt" }'
  const body = Buffer.from(text)
  const member = scanned(text).members.get('model')
  assert.ok(member)
  assert.equal(body.toString('utf8', member.valueStart, member.valueEnd), '"gpt"')
  assert.equal(body.toString('utf8', member.nameStart, member.nameStart + 7), '"model"')
})

test('an escaped name is the name: it is found, and it makes a duplicate', () => {
  assert.deepEqual([...scanned('{"mod\\u0065l":"a"}').members.keys()], ['model'])
  assert.deepEqual(scanned('{"model":"a","mod\\u0065l":"b"}').duplicates, ['model'])
  assert.deepEqual(scanned('{"a":{"model":1,"model":2},"b":[{"model":1}]}').duplicates, [])
})

test('a byte order mark and whitespace around the object are skipped', () => {
  const scan = scanned('\uFEFF \r\n\t{ "a" :\n1 , "b":[ ] }\n')
  assert.deepEqual([...scan.members.keys()], ['a', 'b'])
})

test('200 levels of nesting are read, 201 are refused with their offset', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}1${']'.repeat(depth - 1)}}`
  assert.equal(scanMembers(Buffer.from(nested(200))).ok, true)
  assert.deepEqual(scanMembers(Buffer.from(nested(201))), { ok: false, offset: 204, reason: 'values are nested deeper than 200 levels' })
})

test('what is no object is refused, wherever it breaks off', () => {
  const whole = '{"a":"b\\"","c":[1,{"d":null}],"e":-1.5e3}'
  for (let end = 0; end < whole.length; end++) assert.equal(scanMembers(Buffer.from(whole.slice(0, end))).ok, false, whole.slice(0, end))
  for (const text of ['[]', '"a"', '1', '{"a" 1}', '{"a":1 "b":2}', '{a:1}', '{"a":}', '{,}', '{"\\u00":1}']) {
    assert.equal(scanMembers(Buffer.from(text)).ok, false, text)
  }
})

test('a member is replaced in place; every other byte stays', () => {
  const text = ' { "z" : 1,\n "model":"a" , "é": "\\u00e9", "last":[1, 2] }\r\n'
  assert.equal(edited(text, { replace: 'model', value: '"b/c"' }), text.replace('"a"', '"b/c"'))
})

test('members are inserted after the last one, before the whitespace of the brace', () => {
  assert.equal(edited('{"a":1\n}', { insert: 'b', value: '2' }, { insert: 'c', value: '[]' }), '{"a":1,"b":2,"c":[]\n}')
  assert.equal(edited('{ }', { insert: 'b', value: '2' }), '{"b":2 }')
})

test('members are taken away with their comma, wherever they stand, and others are put where they end', () => {
  const without = (text: string, names: string[], more: Edit[] = []): string =>
    edited(text, ...names.map((remove) => ({ remove })), ...more)
  const text = '{ "a": 1, "b": {"c": 2},\n "d" : [3] }'
  assert.equal(without(text, ['a']), '{ "b": {"c": 2},\n "d" : [3] }')
  assert.equal(without(text, ['b']), '{ "a": 1, "d" : [3] }')
  assert.equal(without(text, ['d']), '{ "a": 1, "b": {"c": 2} }')
  assert.equal(without(text, ['b', 'd']), '{ "a": 1 }')
  assert.equal(without(text, ['a', 'b']), '{ "d" : [3] }')
  assert.equal(without(text, ['a', 'b', 'd']), '{ }')
  assert.equal(without(text, ['no']), text)
  assert.equal(without(text, ['d'], [{ insert: 'e', value: '4' }]), '{ "a": 1, "b": {"c": 2},"e":4 }')
  assert.equal(without(text, ['a', 'b', 'd'], [{ insert: 'e', value: '4' }]), '{"e":4 }')
})

test('a nested object is patched in place', () => {
  const edit: Edit = { patchIn: 'o', insert: 'u', value: 'true' }
  assert.equal(edited('{"o":{},"a":1}', edit), '{"o":{"u":true},"a":1}')
  assert.equal(edited('{"o": {"x":1 } }', edit), '{"o": {"x":1,"u":true } }')
  assert.equal(edited('{"o":{"u":false,"x":1}}', edit), '{"o":{"u":true,"x":1}}')
})

test('without edits the same Buffer comes back', () => {
  const body = Buffer.from('{}')
  assert.equal(patch(body, scanned('{}'), []), body)
})
