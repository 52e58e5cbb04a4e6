import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inRanges } from '../src/index.ts'

const RANGES = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']

test('addresses and networks of both families decide where a key may be used from', () => {
  for (const address of [
    '10.0.0.1',
    '10.255.255.255',
    '::ffff:10.1.2.3',
    '192.0.2.7',
    '2001:db8::5',
    '2001:DB8:FFFF::',
    '::1',
    '10.1.2.3:51234',
    '[2001:db8::5]:443',
    '[::1]',
    '[::ffff:10.1.2.3]:1',
  ])
    assert.equal(inRanges(RANGES, address), true, address)
  for (const address of [
    '11.0.0.1',
    '9.255.255.255',
    '192.0.2.8',
    '::ffff:11.1.2.3',
    '2001:db9::5',
    '::2',
    '',
    'localhost',
    '10.0.0',
    '11.0.0.1:10',
    '10.0.0.1:',
    '[10.0.0',
    '2001:db9::5:443',
  ])
    assert.equal(inRanges(RANGES, address), false, address)
})

test('a network that holds everything holds its own family alone', () => {
  assert.equal(inRanges(['0.0.0.0/0'], '203.0.113.9'), true)
  assert.equal(inRanges(['0.0.0.0/0'], '2001:db8::1'), false)
  assert.equal(inRanges(['::/0'], '2001:db8::1'), true)
})
