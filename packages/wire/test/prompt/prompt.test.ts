import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Prompt } from '@faregate/core'
import { prefersEvents } from '../../src/prompt/accept.ts'
import { promptDialect } from '../../src/prompt/dialect.ts'
import { canBeStrict } from '../../src/prompt/strict.ts'

const ACCEPT: [header: string | string[] | undefined, events: boolean][] = [
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['application/json', false],
  ['text/event-stream', true],
  ['TEXT/Event-Stream', true],
  ['text/event-stream, application/json', true],
  ['application/json, text/event-stream', false],
  ['application/json;q=0.5, text/event-stream', true],
  ['text/event-stream;q=0.1, application/json;q=0.2', false],
  ['text/event-stream;q=0', false],
  ['text/event-stream, application/problem+json', true],
  [['application/json;q=0.1', 'text/event-stream'], true],
]

test('a stream is asked for by Accept: the better of both, else the first', () => {
  for (const [header, events] of ACCEPT) assert.equal(prefersEvents(header), events, String(header))
})

const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})

test('a model is held to a schema to the letter only where vendors take it so', () => {
  assert.equal(canBeStrict(object({ a: { type: 'string' }, b: { type: 'array', items: object({}) } })), true)
  assert.equal(canBeStrict(object({ a: { anyOf: [object({}), { type: 'null' }] } })), true)
  assert.equal(canBeStrict(object({ a: {} }, { required: [] })), false)
  assert.equal(canBeStrict(object({ a: {} }, { additionalProperties: true })), false)
  assert.equal(canBeStrict(object({ a: { type: 'array', items: { type: 'object' } } })), false)
  const open = { type: 'object', properties: { b: {} } }
  const closed = object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: object({}) } })
  assert.equal(canBeStrict(closed), true)
  for (const more of [
    { anyOf: [closed] },
    { allOf: [{}] },
    { $defs: { x: open } },
    { if: {}, else: {} },
    { patternProperties: { '^a': { type: 'string' } } },
    { dependentRequired: { a: ['b'] } },
  ])
    assert.equal(canBeStrict({ ...closed, ...more }), false, JSON.stringify(more))
  for (const member of [{ anyOf: [open] }, { oneOf: [object({})] }, { type: 'string', default: 'x' }, true])
    assert.equal(canBeStrict(object({ a: member })), false, JSON.stringify(member))
  for (const root of [{ type: 'array', items: closed }, { type: 'string' }, {}]) assert.equal(canBeStrict(root), false)
})

const PROMPT: Prompt = { model: 'm', user: '{{a}}', variables: { a: { type: 'string' } }, maxTokens: 5, temperature: 0.5 }

const dialect = promptDialect(PROMPT, ({ a }) => ({ ok: true, system: 'S', user: String(a) }))

function read(body: string, accept?: string) {
  return dialect.read({ path: '/p', query: '', headers: accept === undefined ? {} : { accept }, body: Buffer.from(body) })
}

test('a call is read as the chat completion that it stands for, with what the prompt sets', () => {
  const found = read('{"a":"x"}', 'text/event-stream')
  assert.ok(found.ok)
  const { body, model, stream, outputLimit } = found.request
  assert.deepEqual([model, stream, outputLimit], ['m', true, 5])
  assert.deepEqual(JSON.parse(body.toString()), {
    model: 'm',
    messages: [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'x' },
    ],
    stream: true,
    max_tokens: 5,
    temperature: 0.5,
  })
})

test('a body that is no object, or says a value twice, is refused in the words of the prompt', () => {
  for (const [body, said] of [
    ['', /is empty/],
    ['[]', /send \{"a":"…"\}/],
    ['{"a":', /not valid JSON/],
    ['{"a":"x","a":"y"}', /`a` occurs more than once/],
    ['{"A":"x"}', /`A` could be read as `a`/],
  ] as const) {
    const found = read(body)
    assert.ok(!found.ok && said.test(found.message), `${body}: ${JSON.stringify(found)}`)
  }
})
