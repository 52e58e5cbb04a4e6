import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, read, refused } from './support.ts'

const PNG = `data:image/png;base64,${Buffer.from('\u0089PNG').toString('base64')}`
const MESSAGES = [{ role: 'user', content: 'Hello' }]

test('a chat is read as far as money and routing need it', () => {
  const request = read({ model: 'command-a', messages: MESSAGES, stream: true, max_tokens: 50 })
  assert.deepEqual(
    [request.dialect, request.model, request.stream, request.n, request.outputLimit, request.outputLimitMember, request.includeUsage],
    ['cohere', 'command-a', true, 1, 50, 'max_tokens', true],
  )
  const plain = read({ model: 'command-a', messages: MESSAGES, stream: null, max_tokens: null })
  assert.deepEqual([plain.stream, plain.outputLimit, plain.outputLimitMember, plain.user], [false, null, null, null])
})

const WRONG: [body: unknown, pointer: string, message: RegExp][] = [
  [{ messages: MESSAGES }, '/model', /missing/],
  [{ model: 'm' }, '/messages', /missing/],
  [{ model: 'm', messages: [] }, '/messages', /at least one/],
  [{ model: 'm', messages: ['hi'] }, '/messages/0', /object/],
  [{ model: 'm', messages: MESSAGES, stream: 'yes' }, '/stream', /without quotes/],
  [{ model: 'm', messages: MESSAGES, max_tokens: 0.5 }, '/max_tokens', /whole number/],
  [{ model: 'm', messages: MESSAGES, max_tokens: -1 }, '/max_tokens', /whole number/],
  [{ model: 'm', messages: MESSAGES, Model: 'n' }, '/Model', /could be read as/],
  [Buffer.from('{"model":"m","model":"n","messages":[{"role":"user","content":"a"}]}'), '/model', /more than once/],
  [Buffer.from('{"model":"m"'), '', /not valid JSON/],
  [[], '', /not a JSON object/],
]

for (const [body, pointer, message] of WRONG) {
  test(`refused with a pointer to "${pointer}": ${Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body)}`, () => {
    const invalid = refused(body)
    assert.equal(invalid.pointer, pointer)
    assert.match(invalid.message, message)
  })
}

test('M11: the input bound is no less than the bytes of everything that reaches the model, keys of documents included', () => {
  const bound = (more: object, messages: unknown = MESSAGES): number => read({ model: 'm', messages, ...more }).inputBound
  const base = bound({})
  assert.ok(base >= 5)
  const document = { data: { image_url: { url: 'x'.repeat(5000) }, type: 'image_url' }, id: 'd' }
  assert.ok(bound({ documents: [document] }) >= base + 5000, 'a document is text, whatever its members are called')
  assert.ok(bound({}, [{ role: 'tool', tool_call_id: 'a', content: [{ type: 'document', document }] }]) >= 5000)
  assert.ok(bound({ tools: [{ type: 'function', function: { name: 'f', description: 'd'.repeat(300) } }] }) >= base + 300)
  assert.ok(bound({ response_format: { type: 'json_object', json_schema: { title: 's'.repeat(300) } } }) >= base + 300)
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: 'x'.repeat(200) } }
  assert.ok(bound({}, [{ role: 'assistant', tool_plan: 'p'.repeat(100), tool_calls: [call] }]) >= 300)
})

test('M11: an image costs what images cost, not what its bytes would as text', () => {
  const request = read({
    model: 'command-a-vision',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: PNG + 'A'.repeat(400_000) } },
        ],
      },
    ],
  })
  assert.equal(request.canCause.imageIn, true)
  assert.ok(request.inputBound > 1000 && request.inputBound < 400_000)
  assert.equal(request.inputText(), 'see')
})

test('M14: output counts as hidden for reasoning models, and where thinking is switched on', () => {
  const hidden = (more: object): boolean => read({ model: 'command-a-03', messages: MESSAGES, ...more }).canCause.hiddenOutput
  assert.equal(hidden({}), false)
  assert.equal(hidden({ thinking: { type: 'disabled' } }), false)
  assert.equal(hidden({ thinking: { type: 'enabled', token_budget: 100 } }), true)
  assert.equal(hidden({ model: 'command-a-reasoning-08-2025' }), true)
})

test('M9, T9: the body goes on byte for byte but for the model and an announced limit', () => {
  const body = Buffer.from('{ "zeta":1,"model" : "mine", "messages":[{"role":"user","content":"é"}],"stream":true }')
  const request = read(body)
  assert.equal(request.upstreamBody({ model: 'mine', injectUsage: true }), body)
  assert.equal(
    request.upstreamBody({ model: 'command-a', outputLimit: { member: 'max_tokens', value: 7 }, injectUsage: true }).toString(),
    '{ "zeta":1,"model" : "command-a", "messages":[{"role":"user","content":"é"}],"stream":true,"max_tokens":7 }',
  )
  const limited = read(bodyOf({ model: 'm', messages: MESSAGES, max_tokens: 900 }))
  const sent = limited.upstreamBody({ model: 'm', outputLimit: { member: 'max_tokens', value: 7 }, injectUsage: false })
  assert.equal((JSON.parse(sent.toString()) as { max_tokens: number }).max_tokens, 7)
})
