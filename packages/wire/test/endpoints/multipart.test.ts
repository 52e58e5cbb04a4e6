import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readParts } from '../../src/endpoints/multipart.ts'
import { Form } from '../../src/endpoints/form.ts'
import { formCall, type Field } from './support.ts'

const AUDIO = Buffer.from([0, 13, 10, 45, 45, 255, 13, 10, 13, 10, 0])

function parts(body: string, type = 'multipart/form-data; boundary=b'): ReturnType<typeof readParts> {
  return readParts(Buffer.from(body, 'latin1'), type)
}

const PART = '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n'

test('I4: parts are found by where they are, binary content as it is', () => {
  const fields: Field[] = [
    ['model', 'whisper-1'],
    ['file', AUDIO, 'a \\"b.wav'],
    ['empty', ''],
  ]
  const { body, headers } = formCall(fields)
  const read = readParts(body, headers['content-type'])
  assert.ok(read.ok)
  const found = read.parts.map(({ name, start, end }) => [name, body.subarray(start, end)])
  assert.deepEqual(found, [
    ['model', Buffer.from('whisper-1')],
    ['file', AUDIO],
    ['empty', Buffer.alloc(0)],
  ])
})

test('I4: boundary and head may be written in every way that the standard has', () => {
  const written: [type: string, body: string][] = [
    ['multipart/form-data; boundary="b"', `${PART}--b--\r\n`],
    ['Multipart/Form-Data;charset=utf-8;boundary=b', `${PART}--b--`],
    ['multipart/form-data; boundary=b', `\r\n${PART}--b--\r\n`],
    [
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-type: text/plain\r\ncontent-disposition:form-data;name=model\r\n\r\nm\r\n--b--\r\n',
    ],
    [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; filename*=UTF-8\'\'a.wav; name="model"\r\n\r\nm\r\n--b--\r\n',
    ],
  ]
  for (const [type, body] of written) {
    const read = parts(body, type)
    assert.ok(read.ok, `${body}: ${JSON.stringify(read)}`)
    assert.deepEqual(
      read.parts.map(({ name }) => name),
      ['model'],
    )
  }
})

test('what two parsers could read differently is refused', () => {
  const odd: [why: string, body: string, type?: string][] = [
    ['no form', '{}', 'application/json'],
    ['no boundary', `${PART}--b--\r\n`, 'multipart/form-data'],
    ['two boundaries', `${PART}--b--\r\n`, 'multipart/form-data; boundary=b; boundary=c'],
    ['another boundary', `${PART}--b--\r\n`, 'multipart/form-data; boundary=c'],
    ['something before', `x\r\n${PART}--b--\r\n`],
    ['something after', `${PART}--b--\r\nx`],
    ['broken off', PART],
    ['lines that end in a line feed alone', PART.replaceAll('\r\n', '\n') + '--b--\n'],
    ['the boundary inside of a part', '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx--b y\r\n--b--\r\n'],
    [
      'the boundary after a line feed alone',
      '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\n--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nz\r\n--b--\r\n',
    ],
    ['a longer boundary', '--bc\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--bc--\r\n'],
    ['no head', '--b\r\n\r\nm\r\n--b--\r\n'],
    ['no name', '--b\r\nContent-Disposition: form-data\r\n\r\nm\r\n--b--\r\n'],
    ['two names', '--b\r\nContent-Disposition: form-data; name="a"; name="model"\r\n\r\nm\r\n--b--\r\n'],
    ['a name in another encoding', '--b\r\nContent-Disposition: form-data; name="a"; name*=utf-8\'\'model\r\n\r\nm\r\n--b--\r\n'],
    [
      'two dispositions',
      '--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--b--\r\n',
    ],
    ['a folded line', '--b\r\nContent-Disposition: form-data;\r\n name="model"\r\n\r\nm\r\n--b--\r\n'],
    [
      'a recoded part',
      '--b\r\nContent-Disposition: form-data; name="model"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nm=6d\r\n--b--\r\n',
    ],
    [
      'another charset',
      '--b\r\nContent-Disposition: form-data; name="model"\r\nContent-Type: text/plain; charset=utf-16\r\n\r\nm\r\n--b--\r\n',
    ],
  ]
  for (const [why, body, type] of odd) assert.equal(parts(body, type).ok, false, why)
})

test('a billed field that is there twice, as a list, in another case or as a file is refused; others are nobody’s business', () => {
  const billed = new Set(['model'])
  const odd: Field[][] = [
    [
      ['model', 'cheap'],
      ['model', 'dear'],
    ],
    [
      ['model', 'cheap'],
      ['Model', 'dear'],
    ],
    [['model[]', 'dear']],
    [
      ['model', 'cheap'],
      ['model[0]', 'dear'],
    ],
    [['model', 'dear', 'model.txt']],
    [['model', Buffer.from([0xff, 0xfe])]],
  ]
  for (const fields of odd) assert.equal(Form.read(formCall(fields), billed).ok, false, JSON.stringify(fields))
  const fine = Form.read(
    formCall([
      ['model', 'm'],
      ['include[]', 'a'],
      ['include[]', 'b'],
    ]),
    billed,
  )
  assert.ok(fine.ok)
  assert.equal(fine.form.field('model'), 'm')
})

test('I4: another model changes its field alone, byte for byte', () => {
  const call = formCall([
    ['file', AUDIO, 'a.wav'],
    ['model', 'alias'],
    ['prompt', 'model alias'],
  ])
  const read = Form.read(call, new Set(['model']))
  assert.ok(read.ok)
  assert.equal(read.form.withField('model', 'alias'), call.body, 'the same bytes, not a copy')
  const expected = formCall([
    ['file', AUDIO, 'a.wav'],
    ['model', 'gpt-4o-transcribe'],
    ['prompt', 'model alias'],
  ]).body
  assert.deepEqual(read.form.withField('model', 'gpt-4o-transcribe'), expected)
})
