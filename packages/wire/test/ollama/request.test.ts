import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ollama, ollamaGenerate } from '../../src/ollama/dialect.ts'
import type { Dialect } from '../../src/dialect.ts'
import { bodyOf, read } from './support.ts'

const MESSAGES = [{ role: 'user', content: 'Hello' }]

test('Ollama streams unless it is told not to, and always tells usage', () => {
  for (const [stream, expected] of [
    [undefined, true],
    [null, true],
    [true, true],
    [false, false],
  ] as const) {
    assert.equal(read({ model: 'm', messages: MESSAGES, stream }).stream, expected)
  }
  const { dialect, n, includeUsage, user } = read({ model: 'm', messages: MESSAGES })
  assert.deepEqual([dialect, n, includeUsage, user], ['ollama', 1, true, null])
  assert.deepEqual([read({ model: 'm', prompt: 'a' }, ollamaGenerate).dialect, ollamaGenerate.name], ['ollama-generate', 'ollama-generate'])
})

const LIMITS: [options: unknown, limit: number | null][] = [
  [undefined, null],
  [null, null],
  [{}, null],
  [{ num_predict: 50 }, 50],
  [{ num_predict: -1 }, null],
  [{ num_predict: -2 }, null],
  [{ num_predict: 0 }, null],
  [{ num_predict: null }, null],
]

for (const [options, limit] of LIMITS) {
  test(`M12: the output limit of options ${JSON.stringify(options)} is ${limit}, and ours is written into it`, () => {
    const request = read({ model: 'm', messages: MESSAGES, options })
    assert.deepEqual([request.outputLimit, request.outputLimitMember], [limit, limit === null ? null : 'options.num_predict'])
    const body = request.upstreamBody({ model: 'm', outputLimit: { member: 'options.num_predict', value: 7 }, injectUsage: true })
    assert.deepEqual((JSON.parse(body.toString()) as { options: object }).options, { num_predict: 7 })
  })
}

test('M9, T9: the body goes on byte for byte but for the model and an announced limit', () => {
  const body = Buffer.from(
    '{ "zeta":1,"model" : "mine", "options" : { "num_ctx":9 ,"seed":1 },"messages":[{"role":"user","content":"é"}] }',
  )
  const request = read(body)
  assert.equal(request.upstreamBody({ model: 'mine', injectUsage: true }), body)
  assert.equal(
    request.upstreamBody({ model: 'qwen3', outputLimit: { member: 'x', value: 7 }, injectUsage: true }).toString(),
    '{ "zeta":1,"model" : "qwen3", "options" : { "num_ctx":9 ,"seed":1,"num_predict":7 },"messages":[{"role":"user","content":"é"}] }',
  )
})

const WRONG: [body: unknown, pointer: string, dialect?: Dialect][] = [
  [{ messages: MESSAGES }, '/model'],
  [{ model: 'm', messages: 'hi' }, '/messages'],
  [{ model: 'm', messages: ['hi'] }, '/messages/0'],
  [{ model: 'm', messages: MESSAGES, stream: 1 }, '/stream'],
  [{ model: 'm', messages: MESSAGES, options: [] }, '/options'],
  [{ model: 'm', messages: MESSAGES, options: { num_predict: 1.5 } }, '/options/num_predict'],
  [{ model: 'm', messages: MESSAGES, options: { num_predict: '5' } }, '/options/num_predict'],
  [{ model: 'm', messages: MESSAGES, Options: { num_predict: 5 } }, '/Options'],
  [Buffer.from('{"model":"m","messages":[],"options":{"num_predict":1,"num_predict":9}}'), '/options/num_predict'],
  [{ model: 'm', prompt: 3 }, '/prompt', ollamaGenerate],
  [{ model: 'm', prompt: 'a', context: 'x' }, '/context', ollamaGenerate],
  [Buffer.from('{'), ''],
]

for (const [body, pointer, dialect = ollama] of WRONG) {
  test(`refused with a pointer to "${pointer}": ${bodyOf(body).toString()}`, () => {
    const result = dialect.read({ path: '', query: '', headers: {}, body: bodyOf(body) })
    assert.ok(!result.ok)
    assert.equal(result.pointer, pointer)
    assert.notEqual(result.message, '')
  })
}

test('M11: the input bound is no less than everything that reaches the model', () => {
  const chat = (messages: unknown, more: object = {}): number => read({ model: 'm', messages, ...more }).inputBound
  const base = chat(MESSAGES)
  assert.ok(base >= 512, "a model's own system prompt and template cost, too")
  const call = { function: { name: 'f', arguments: { images: ['x'.repeat(3000)] } } }
  assert.ok(chat([{ role: 'assistant', content: '', thinking: 't'.repeat(500), tool_calls: [call] }]) >= 3500)
  assert.ok(chat(MESSAGES, { tools: [{ type: 'function', function: { name: 'd'.repeat(400) } }] }) >= base + 400)
  assert.ok(chat(MESSAGES, { format: { title: 'd'.repeat(400) } }) >= base + 400)
  const generate = (more: object): number => read({ model: 'm', prompt: 'a', ...more }, ollamaGenerate).inputBound
  const least = generate({})
  assert.ok(generate({ system: 's'.repeat(300), template: 't'.repeat(300), suffix: 'u'.repeat(300) }) >= least + 900)
  assert.ok(generate({ context: Array.from({ length: 700 }, (_, index) => index) }) >= least + 700)
})

test('M11: images cost what images cost, and are no text', () => {
  const image = Buffer.from('\u0089PNG').toString('base64') + 'A'.repeat(400_000)
  const chat = read({ model: 'llava', messages: [{ role: 'user', content: 'see', images: [image] }] })
  assert.deepEqual([chat.canCause.imageIn, chat.inputText()], [true, 'see'])
  assert.ok(chat.inputBound > 1000 && chat.inputBound < 400_000)
  const generate = read({ model: 'llava', prompt: 'see', images: [image] }, ollamaGenerate)
  assert.deepEqual([generate.canCause.imageIn, generate.inputText()], [true, 'see'])
})

test('M14: output counts as hidden where thinking is asked for, and for models known for it', () => {
  const hidden = (more: object): boolean => read({ model: 'llama3.2', messages: MESSAGES, ...more }).canCause.hiddenOutput
  assert.deepEqual(
    [hidden({}), hidden({ think: false }), hidden({ think: true }), hidden({ think: 'low' }), hidden({ model: 'gpt-oss:20b' })],
    [false, false, true, true, true],
  )
})

test('a model may be loaded by its own server, but by no other', () => {
  for (const [body, dialect] of [
    [{ model: 'm' }, ollama],
    [{ model: 'm', messages: [], keep_alive: 0 }, ollama],
    [{ model: 'm' }, ollamaGenerate],
  ] as const) {
    const result = read(body, dialect).decode()
    assert.ok(!result.ok)
    assert.match(result.message, /only Ollama itself/)
  }
})
