import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArraySplitter } from '../../src/gemini/array-splitter.ts'

const ELEMENTS = [
  '{"a":"}]{[,\\"\\\\"}',
  '{\n  "candidates": [{"content": {"parts": [{"text": "naïve 🙂 \\u00e9"}]}}],\n  "n": [[1], []]\n}',
  '{}',
  '{"b":{"c":["]"]}}',
]

const STREAMS: [what: string, text: string, elements: string[]][] = [
  ['as Google frames it', `[${ELEMENTS.join('\n,\r\n')}\n]\n`, ELEMENTS],
  ['without any space', `[${ELEMENTS.join(',')}]`, ELEMENTS],
  ['with space wherever it may be', ` \r\n[ ${ELEMENTS.join(' ,\t ')} ] \n\n`, ELEMENTS],
  ['one element', '[{"error":{"code":429}}]\r\n', ['{"error":{"code":429}}']],
  ['no element', '[]\n', []],
  ['something after it', '[{"a":1}] "x" {"b":2}\n', ['{"a":1}']],
  ['an object instead of an array', '{"error":{"code":400}}\n', ['{"error":{"code":400}}']],
]

function split(chunks: Buffer[]): { data: string[]; all: string; rest: string; raws: string[] } {
  const splitter = new ArraySplitter()
  const events = chunks.flatMap((chunk) => splitter.push(chunk))
  const rest = splitter.end().toString()
  const raws = events.map(({ raw }) => raw.toString())
  return { data: events.flatMap(({ data }) => data ?? []), all: raws.join('') + rest, rest, raws }
}

for (const [what, text, elements] of STREAMS) {
  test(`S14: an array ${what} is cut into the same elements at every byte offset, and its bytes pass unchanged`, () => {
    const bytes = Buffer.from(text)
    for (let first = 0; first <= bytes.length; first++) {
      for (const second of [first, Math.min(first + 1, bytes.length), Math.ceil((first + bytes.length) / 2)]) {
        const { data, all } = split([bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)])
        assert.deepEqual(data, elements, `cut at ${first} and ${second}`)
        assert.equal(all, text)
      }
    }
    const single = split([...bytes].map((byte) => Buffer.from([byte])))
    assert.deepEqual([single.data, single.all], [elements, text])
  })
}

test('S14: an element is there with its last byte, what follows the array is an event without data, and nothing is left', () => {
  const splitter = new ArraySplitter()
  assert.deepEqual(splitter.push(Buffer.from('[{"a":1')), [])
  assert.deepEqual(splitter.push(Buffer.from('}')), [{ raw: Buffer.from('[{"a":1}'), data: '{"a":1}', event: undefined }])
  assert.deepEqual(splitter.push(Buffer.from('\n')), [])
  assert.deepEqual(splitter.push(Buffer.from(']\n')), [{ raw: Buffer.from('\n]\n'), data: undefined, event: undefined }])
  assert.deepEqual(splitter.push(Buffer.from('\n')), [{ raw: Buffer.from('\n'), data: undefined, event: undefined }])
  assert.equal(splitter.end().length, 0)
})

test('S5: what is cut off in an element is left over, not an event', () => {
  const { data, rest } = split([Buffer.from('[{"a":1},\r\n{"b":"cut')])
  assert.deepEqual([data, rest], [['{"a":1}'], ',\r\n{"b":"cut'])
})

test('S11: an element larger than the bound ends the stream, in one chunk and in many', () => {
  const large = Buffer.from(`[{"a":"${'x'.repeat(100)}"}]`)
  assert.throws(() => new ArraySplitter(64).push(large), /larger than 64 bytes/)
  const slow = new ArraySplitter(64)
  assert.throws(() => {
    for (const byte of large) slow.push(Buffer.from([byte]))
  }, /larger than 64 bytes/)
  const many = new ArraySplitter(64)
  for (let count = 0; count < 1_000; count++) assert.equal(many.push(Buffer.from(`${count === 0 ? '[' : ','}{"a":"0123456789"}`)).length, 1)
})
