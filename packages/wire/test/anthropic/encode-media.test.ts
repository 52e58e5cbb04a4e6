import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic } from '../../src/anthropic/dialect.ts'
import type { Part } from '../../src/canonical/conversation.ts'
import { conversation, memberOf, target, text, turn, type Json, type Loose } from './support.ts'

const MEDIA: [what: string, part: Loose<Part>, block: unknown][] = [
  [
    'I1: an image as base64',
    { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'UklG' } },
    { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'UklG' } },
  ],
  [
    'I1: an image by address',
    { type: 'image', source: { kind: 'url', url: 'https://x.example' } },
    { type: 'image', source: { type: 'url', url: 'https://x.example' } },
  ],
  [
    'I2: a PDF with its name',
    { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi' }, filename: 'a.pdf' },
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi' }, title: 'a.pdf' },
  ],
  [
    'I2: a text file as text',
    { type: 'document', source: { kind: 'base64', mediaType: 'text/csv', data: Buffer.from('a,b').toString('base64') } },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
  ],
  [
    'I2: an image format that the vendor does not read',
    { type: 'image', source: { kind: 'base64', mediaType: 'image/heic', data: 'AAAA' } },
    undefined,
  ],
  ['I2: an id at another vendor', { type: 'image', source: { kind: 'file', id: 'file-1' } }, undefined],
  ['audio', { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AAAA' } }, undefined],
  ['T10: a part that only another vendor has', { type: 'vendor', dialect: 'gemini', value: { type: 'executableCode' } }, undefined],
]

for (const [what, part, block] of MEDIA) {
  test(`${what}: ${block === undefined ? 'listed' : 'sent'}`, () => {
    const { body, unsupported } = anthropic.encodeRequest(conversation({ turns: [turn('user', text('A'), part)] }), target())
    const content = memberOf((JSON.parse(body.toString()) as Json)['messages'] as Json[], 0, 'content')
    assert.deepEqual(content, block === undefined ? 'A' : [{ type: 'text', text: 'A' }, block])
    assert.deepEqual(
      unsupported.map(({ at }) => at),
      block === undefined ? ['/user/1'] : [],
    )
  })
}
