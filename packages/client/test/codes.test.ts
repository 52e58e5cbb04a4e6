import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CATALOGUE, DENIAL_CODES, type DenialCode as GatewayCode } from '../../core/src/index.ts'
import { CODES, type DenialCode } from '../src/index.ts'

/** Compiles only while the client's codes are those of the gateway, both ways. */
const SAME: [GatewayCode extends DenialCode ? true : false, DenialCode extends GatewayCode ? true : false] = [true, true]

test('the client has a type for every code of the catalogue, with its status and whether waiting helps; if not: npm run docs', () => {
  assert.deepEqual(SAME, [true, true])
  assert.deepEqual(
    Object.keys(CODES),
    DENIAL_CODES,
    'a code of the catalogue has no type in packages/client/src/codes.ts, or the reverse: npm run docs',
  )
  for (const code of DENIAL_CODES) {
    const { status, retryable, title } = CATALOGUE[code]
    assert.deepEqual(CODES[code], { status, retryable, title })
  }
})
