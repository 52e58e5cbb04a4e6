import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiCompletions } from '../../src/openai-completions/dialect.ts'
import { decoded, read, refused } from './support.ts'

const bodyOf = (members: Record<string, unknown>): Record<string, unknown> => ({ model: 'm', prompt: 'hi', ...members })

test('a request is read with its defaults: sixteen tokens, one answer', () => {
  const { dialect, model, stream, n, outputLimit, outputLimitMember, includeUsage, user, canCause } = read(bodyOf({}))
  assert.deepEqual(
    { dialect, model, stream, n, outputLimit, outputLimitMember, includeUsage, user },
    {
      dialect: 'openai-completions',
      model: 'm',
      stream: false,
      n: 1,
      outputLimit: 16,
      outputLimitMember: 'max_tokens',
      includeUsage: false,
      user: null,
    },
  )
  assert.deepEqual(canCause, { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: false })
  const full = read(bodyOf({ stream: true, stream_options: { include_usage: true }, max_tokens: 0, user: 'u', n: 3 }))
  assert.deepEqual([full.stream, full.includeUsage, full.outputLimit, full.user, full.n], [true, true, 0, 'u', 3])
})

const PROMPTS: [prompt: unknown, n: number, tokens: number][] = [
  ['hello', 2, 5],
  [['hello', 'you'], 4, 8],
  [[1, 2, 3], 2, 3],
  [[[1, 2, 3], [4]], 4, 4],
  [['hello', [7, 8]], 4, 7],
  [null, 2, 0],
  [undefined, 2, 0],
]

for (const [prompt, n, tokens] of PROMPTS) {
  test(`M11: every prompt is answered n times, and counts: ${JSON.stringify(prompt)}`, () => {
    const request = read(bodyOf({ prompt, n: 2 }))
    assert.equal(request.n, n)
    assert.equal(request.inputBound, tokens + 2 * (n / 2) + 16)
    assert.equal(request.inputBoundFor('other'), request.inputBound)
  })
}

test('M11: what a tokenizer counts has as many tokens as were sent by their ids', () => {
  assert.equal(
    read(bodyOf({ prompt: [5, 6, 7] }))
      .inputText()
      .trimEnd(),
    ' a a a',
  )
  assert.equal(read(bodyOf({ prompt: ['x', 'y'], suffix: 'z' })).inputText(), 'x\ny\n\nz')
})

test('M14: of `best_of` all are billed and the best are shown; what is echoed is not counted as output', () => {
  const best = read(bodyOf({ prompt: ['a', 'b'], best_of: 5, n: 2 }))
  assert.deepEqual([best.n, best.canCause.hiddenOutput], [10, true])
  assert.deepEqual(read(bodyOf({ best_of: 2, n: 2, stream: true })).canCause.hiddenOutput, false)
  assert.equal(read(bodyOf({ echo: true })).canCause.hiddenOutput, true)
})

test('the body passes byte for byte, but for model, limit and usage', () => {
  const text = '{ "prompt":"hi" , "model" : "m","stream":true, "x_unknown":[1, 2] }'
  const request = read(text)
  const passed = (limit?: number): string =>
    request
      .upstreamBody({
        model: 'up',
        injectUsage: true,
        ...(limit === undefined ? {} : { outputLimit: { member: 'max_tokens', value: limit } }),
      })
      .toString()
  assert.equal(passed(), '{ "prompt":"hi" , "model" : "up","stream":true, "x_unknown":[1, 2],"stream_options":{"include_usage":true} }')
  assert.equal(passed(16).includes('"max_tokens":16'), true)
  assert.equal(request.upstreamBody({ model: 'm', injectUsage: false }), request.body)
  assert.deepEqual([request.names?.('max_tokens'), read(bodyOf({ max_tokens: null })).names?.('max_tokens')], [false, false])
  assert.equal(read(bodyOf({ max_tokens: 5 })).names?.('max_tokens'), true)
})

const WRONG: [members: Record<string, unknown>, pointer: string][] = [
  [{ model: '' }, '/model'],
  [{ prompt: [] }, '/prompt'],
  [{ prompt: 5 }, '/prompt'],
  [{ prompt: ['a', 5] }, '/prompt/1'],
  [{ prompt: [[1.5]] }, '/prompt/0'],
  [{ prompt: [[]] }, '/prompt/0'],
  [{ max_tokens: -1 }, '/max_tokens'],
  [{ n: 0 }, '/n'],
  [{ best_of: 1, n: 2 }, '/best_of'],
  [{ best_of: 2, stream: true }, '/best_of'],
  [{ best_of: 1000 }, '/best_of'],
  [{ echo: 'yes' }, '/echo'],
  [{ suffix: 1 }, '/suffix'],
  [{ stream: 'true' }, '/stream'],
  [{ stream_options: { include_usage: 1 } }, '/stream_options/include_usage'],
]

test('a wrong value is refused by its place, and by what it must be', () => {
  for (const [members, pointer] of WRONG) {
    const invalid = refused(bodyOf(members))
    assert.equal(invalid.pointer, pointer, JSON.stringify(members))
    assert.notEqual(invalid.message, '')
  }
})

test('a billed member twice is refused', () => {
  for (const member of ['model', 'prompt', 'n', 'best_of', 'max_tokens', 'echo', 'suffix']) {
    const body = Buffer.from(`{"model":"m","prompt":"x","${member}":1,"${member}":2}`)
    const result = openaiCompletions.read({ path: '', query: '', headers: {}, body })
    assert.equal(!result.ok && result.pointer, `/${member}`)
  }
})

test('M5: the prompt is what a user says; what asks for nothing is not there', () => {
  const conversation = decoded(bodyOf({ prompt: ['hi'], echo: false, suffix: '', best_of: 1, logit_bias: {}, logprobs: null }))
  assert.deepEqual(conversation, {
    stream: false,
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '/prompt/0' }], at: '/prompt/0' }],
    maxOutputTokens: 16,
    others: {},
  })
  const full = decoded(
    bodyOf({
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.9,
      n: 2,
      stop: ['x'],
      seed: 1,
      presence_penalty: 1,
      frequency_penalty: 2,
      logit_bias: { a: 1 },
      logprobs: 3,
      user: 'u',
      stream: true,
    }),
  )
  const { turns: _, ...settings } = full
  assert.deepEqual(settings, {
    stream: true,
    maxOutputTokens: 5,
    temperature: 0.5,
    topP: 0.9,
    choices: 2,
    stop: ['x'],
    seed: 1,
    presencePenalty: 1,
    frequencyPenalty: 2,
    logitBias: { a: 1 },
    logprobs: { top: 3 },
    user: 'u',
    others: {},
  })
})

test('M9: what only completions have is kept by name', () => {
  const { others } = decoded(bodyOf({ echo: true, suffix: 's', best_of: 3, n: 2, vendor_extra: 1 }))
  assert.deepEqual(Object.keys(others), ['echo', 'suffix', 'best_of', 'vendor_extra'])
})

test('what a chat cannot answer is refused by its member: several prompts, token ids, none', () => {
  for (const prompt of [['a', 'b'], [1, 2], [[1]], null]) {
    const result = read(bodyOf({ prompt })).decode()
    assert.equal(!result.ok && result.pointer, '/prompt', JSON.stringify(prompt))
  }
  const wrong = read(bodyOf({ logprobs: 'x' })).decode()
  assert.equal(!wrong.ok && wrong.pointer, '/logprobs')
})
