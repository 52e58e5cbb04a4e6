import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSignature } from '../../src/canonical/tool-ids.ts'
import type { Part } from '../../src/index.ts'
import { decode, placeless } from './support.ts'

const CONTENTS = [{ role: 'user', parts: [{ text: 'hi' }] }]

function partsOf(parts: unknown[], role = 'user'): Part[] {
  return decode({ contents: [{ role, parts }] }).turns[0]?.parts ?? []
}

test('turns keep their order and are not merged; the system comes first; every part has its place', () => {
  const { turns, stream, others } = decode({
    contents: [
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'user', parts: [{ text: 'c' }] },
      { role: 'model', parts: [{ text: 'd' }] },
      { parts: [{ text: 'e' }] },
    ],
    system_instruction: { parts: [{ text: 's' }] },
  })
  const said = turns.map(({ role, at, parts }) => [role, at, ...parts.map((part) => part.at)])
  assert.deepEqual(said, [
    ['system', '/system_instruction', '/system_instruction/parts/0'],
    ['user', '/contents/0', '/contents/0/parts/0', '/contents/0/parts/1'],
    ['user', '/contents/1', '/contents/1/parts/0'],
    ['assistant', '/contents/2', '/contents/2/parts/0'],
    ['user', '/contents/3', '/contents/3/parts/0'],
  ])
  assert.deepEqual([stream, others], [false, {}])
  assert.equal(decode({ contents: CONTENTS }, '/v1beta/models/m:streamGenerateContent').stream, true)
})

const MEDIA: [what: string, part: unknown, type: Part['type'], members: object][] = [
  [
    'image',
    { inlineData: { mimeType: 'image/png', data: 'AA' } },
    'image',
    { source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
  ],
  [
    'snake case',
    { inline_data: { mime_type: 'audio/wav', data: 'AA' } },
    'audio',
    { source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA' } },
  ],
  ['PDF', { inlineData: { mimeType: 'application/pdf', data: 'AA', displayName: 'a.pdf' } }, 'document', { filename: 'a.pdf' }],
  [
    'address',
    { fileData: { mimeType: 'image/png', fileUri: 'https://x.example/a' } },
    'image',
    { source: { kind: 'url', url: 'https://x.example/a', mediaType: 'image/png' } },
  ],
  [
    'by extension',
    { file_data: { file_uri: 'https://x.example/a.mp3?s=1' } },
    'audio',
    { source: { kind: 'url', url: 'https://x.example/a.mp3?s=1' } },
  ],
  [
    'cloud storage',
    { fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/a' } },
    'video',
    { source: { kind: 'file', id: 'gs://b/a', mediaType: 'video/mp4' } },
  ],
  [
    'YouTube',
    { fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } },
    'video',
    { source: { kind: 'url', url: 'https://www.youtube.com/watch?v=1' } },
  ],
  [
    'resolution',
    { inlineData: { mimeType: 'image/png', data: 'AA' }, mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } },
    'image',
    { detail: 'low' },
  ],
]

test('I1, I2: media are divided by their type, or what their address ends in; only Google’s own files are ids', () => {
  for (const [what, given, type, members] of MEDIA) {
    const [part] = partsOf([given])
    assert.equal(part?.type, type, what)
    assert.deepEqual({ ...part, ...members }, part, what)
  }
  const [video] = partsOf([{ inlineData: { mimeType: 'video/mp4', data: '' }, videoMetadata: { fps: 2 } }])
  assert.equal(video?.type, 'vendor', 'what the neutral form cannot say stays the vendor’s')
})

const SIGNED: [what: string, parts: unknown[], decoded: unknown[]][] = [
  ['thought', [{ text: 't', thought: true }], [{ type: 'reasoning', text: 't', at: '' }]],
  [
    'signed thought',
    [{ text: 't', thought: true, thoughtSignature: 'S' }],
    [{ type: 'reasoning', text: 't', signature: 'S', origin: 'gemini', at: '' }],
  ],
  [
    'signed text',
    [{ text: 'x', thought_signature: 'S' }],
    [
      { type: 'text', text: 'x', at: '' },
      { type: 'reasoning', text: '', signature: 'S', origin: 'gemini', at: '' },
    ],
  ],
  ['nothing said', [{ text: '' }, { text: '', thought: true }], []],
  ['signature alone', [{ text: '', thoughtSignature: 'S' }], [{ type: 'reasoning', text: '', signature: 'S', origin: 'gemini', at: '' }]],
  ['code', [{ executableCode: { code: '1' } }], [{ type: 'vendor', dialect: 'gemini', value: { executableCode: { code: '1' } }, at: '' }]],
]

test('T4: a signature of a text is Google’s reasoning, which goes to no other vendor; parts without a neutral form stay whole', () => {
  for (const [what, parts, decoded] of SIGNED) assert.deepEqual(placeless(partsOf(parts, 'model')), decoded, what)
})

test('T3: calls without ids get one each, the same every time; results find theirs by id, else by name and order', () => {
  const call = (name: string, args?: unknown, id?: string) => ({
    functionCall: { name, ...(args === undefined ? {} : { args }), ...(id === undefined ? {} : { id }) },
  })
  const result = (name: string, output: string, id?: string) => ({
    functionResponse: { name, response: { output }, ...(id === undefined ? {} : { id }) },
  })
  const body = {
    contents: [
      { role: 'model', parts: [call('a', { n: 1 }), call('a', { n: 2 }), call('b'), call('c', {}, 'own_1')] },
      { role: 'user', parts: [result('b', 'B'), result('c', 'C', 'own_1'), result('a', 'A1'), result('a', 'A2')] },
      { role: 'model', parts: [call('a', { n: 1 })] },
      { role: 'function', parts: [result('a', 'A3'), result('z', 'nobody asked')] },
    ],
  }
  const { turns } = decode(body)
  const calls = turns.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool_call'))
  const results = turns.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool_result'))
  const [a1, a2, b, c, a3] = calls.map(({ id }) => id)
  assert.deepEqual(
    results.map(({ callId }) => callId),
    [b, c, a1, a2, a3, results[5]?.callId],
  )
  assert.equal(new Set([...calls.map(({ id }) => id), results[5]?.callId]).size, 6)
  assert.equal(c, 'own_1')
  assert.deepEqual(decode(body).turns, turns)
  assert.deepEqual(
    calls.map((one) => one.arguments),
    ['{"n":1}', '{"n":2}', '{}', '{}', '{"n":1}'],
  )
})

test('T4: a signature that travelled inside an id is taken out of it again, on the call and on its result', () => {
  const id = withSignature('call_1', 'SIG')
  const { turns } = decode({
    contents: [
      { role: 'model', parts: [{ functionCall: { id, name: 'f' } }] },
      { role: 'user', parts: [{ functionResponse: { id, name: 'f', response: {} } }] },
    ],
  })
  const [call, result] = turns.flatMap(({ parts }) => parts)
  assert.ok(call?.type === 'tool_call' && result?.type === 'tool_result')
  assert.deepEqual([call.id, call.signature, result.callId], ['call_1', 'SIG', 'call_1'])
})

const RESPONSES: [response: unknown, text: string, isError: boolean][] = [
  [{ result: 'fine' }, 'fine', false],
  [{ output: 'fine' }, 'fine', false],
  [{ result: [1, 2] }, '[1,2]', false],
  [{ temperature: 20, unit: 'C' }, '{"temperature":20,"unit":"C"}', false],
  [{ result: { a: 1 } }, '{"result":{"a":1}}', false],
  [{ error: 'no such city' }, 'no such city', true],
  [{ error: 'half', result: 1 }, '{"error":"half","result":1}', true],
  [{}, '{}', false],
]

test('T3: what a tool gave back is read without what it is wrapped in; an error is one', () => {
  for (const [response, text, isError] of RESPONSES) {
    const [part] = partsOf([{ functionResponse: { name: 'f', response } }])
    assert.ok(part?.type === 'tool_result')
    assert.deepEqual(
      [part.content[0], part.isError ?? false],
      [{ type: 'text', text, at: '/contents/0/parts/0/functionResponse/response' }, isError],
    )
  }
  const [shown] = partsOf([
    { functionResponse: { name: 'f', response: {}, parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }] } },
  ])
  assert.deepEqual(shown?.type === 'tool_result' && shown.content.map(({ type, at }) => [type, at]), [
    ['text', '/contents/0/parts/0/functionResponse/response'],
    ['image', '/contents/0/parts/0/functionResponse/parts/0'],
  ])
})
