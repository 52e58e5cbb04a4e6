import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedHeaders } from '../../src/bedrock/sign.ts'

const KEYS = {
  kind: 'keys' as const,
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: undefined,
}
const SCOPE = { region: 'us-east-1', service: 'service' }
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0)
const TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='

/** From AWS's test suite for Signature Version 4, by the names of its cases. */
const VECTORS: [
  name: string,
  url: string,
  headers: Record<string, string>,
  body: string,
  token: string | undefined,
  signed: string,
  signature: string,
][] = [
  [
    'post-vanilla',
    'https://example.amazonaws.com/',
    {},
    '',
    undefined,
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'post-header-key-sort',
    'https://example.amazonaws.com/',
    { 'My-Header1': 'value1' },
    '',
    undefined,
    'host;my-header1;x-amz-date',
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'post-x-www-form-urlencoded',
    'https://example.amazonaws.com/',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    'Param1=value1',
    undefined,
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-sts-header-before',
    'https://example.amazonaws.com/',
    {},
    '',
    TOKEN,
    'host;x-amz-date;x-amz-security-token',
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
]

for (const [name, url, headers, body, sessionToken, signed, signature] of VECTORS) {
  test(`AWS's test vector ${name} gives the published signature`, async () => {
    const made = await signedHeaders({ url, headers, body: Buffer.from(body) }, { ...KEYS, sessionToken }, SCOPE, NOW)
    assert.equal(
      made['authorization'],
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    )
    assert.equal(made['x-amz-date'], '20150830T123600Z')
    assert.equal(made['x-amz-security-token'], sessionToken)
  })
}
