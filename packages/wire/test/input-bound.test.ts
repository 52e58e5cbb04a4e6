import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hidesOutput, readChatRequest } from '../src/index.ts'
import type { ChatRequest } from '../src/index.ts'

function read(members: Record<string, unknown>): ChatRequest {
  const result = readChatRequest(Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...members })))
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

function readContent(model: string, part: unknown): ChatRequest {
  return read({ model, messages: [{ role: 'user', content: [part] }] })
}

/** What the content adds to a message with nothing in it. */
function boundOf(model: string, part: unknown): number {
  const empty = readContent(model, { type: 'text' }).inputBound - Buffer.byteLength('text')
  return readContent(model, part).inputBound - empty - Buffer.byteLength((part as { type: string }).type)
}

/** A PNG's header is all that its size needs. */
function png(width: number, height: number): string {
  const header = Buffer.alloc(24)
  header.write('\x89PNG\r\n\x1a\n', 'latin1')
  header.writeUInt32BE(width, 16)
  header.writeUInt32BE(height, 20)
  return `data:image/png;base64,${header.toString('base64')}`
}

const image = (url: string, detail?: string): unknown => ({
  type: 'image_url',
  image_url: { url, ...(detail === undefined ? {} : { detail }) },
})

test('M11: the bound is the UTF-8 bytes of all strings, 8 a message and 16', () => {
  assert.equal(read({}).inputBound, 'user'.length + 'hi'.length + 8 + 16)
  assert.equal(
    read({
      messages: [
        { role: 'user', content: 'é😀', name: 'n' },
        { role: 'user', content: [{ type: 'text', text: 'ab' }] },
      ],
    }).inputBound,
    4 + 6 + 1 + 4 + 4 + 2 + 16 + 16,
  )
})

test('M11: tools, formats and functions count as they are written', () => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }]
  assert.equal(read({ tools }).inputBound - read({}).inputBound, JSON.stringify(tools).length)
  const format = { type: 'json_schema', json_schema: { name: 'x' } }
  assert.equal(read({ response_format: format }).inputBound - read({}).inputBound, JSON.stringify(format).length)
})

test('M11: an image costs its tiles or patches, by model, detail and size', () => {
  assert.equal(boundOf('gpt-4o', image(png(1024, 1024), 'high')), 85 + 4 * 170)
  assert.equal(boundOf('gpt-4o', image(png(2048, 4096))), 85 + 6 * 170)
  assert.equal(boundOf('openai/gpt-4o-2024-11-20', image(png(4096, 8192), 'low')), 85)
  assert.equal(boundOf('gpt-4o-mini', image(png(1024, 1024), 'high')), 2833 + 4 * 5667)
  assert.equal(boundOf('gpt-4.1-mini', image(png(1024, 1024))), Math.ceil(1024 * 1.62))
  assert.equal(boundOf('gpt-4.1-mini', image(png(1800, 2400))), Math.ceil(1536 * 1.62))
})

test('M11: an image of unknown size or for an unknown model costs the dearest', () => {
  assert.equal(boundOf('gpt-4o', image('https://example.com/a.png')), 85 + 8 * 170)
  assert.equal(boundOf('gpt-4o', image('data:image/png;base64,AAAA')), 85 + 8 * 170)
  assert.equal(boundOf('alias', image('https://example.com/a.png')), 2833 + 8 * 5667)
  const request = readContent('alias', image(png(1024, 1024)))
  assert.equal(request.inputBound - request.inputBoundFor('gpt-4o'), 2833 - 85 + 4 * (5667 - 170))
})

test('M11: audio is bounded by its bytes, ten tokens a second', () => {
  const audio = (format: string): unknown => ({ type: 'input_audio', input_audio: { data: 'A'.repeat(64_000), format } })
  assert.equal(boundOf('gpt-4o-audio-preview', audio('wav')), 60)
  assert.equal(boundOf('gpt-4o-audio-preview', audio('mp3')), 480)
  assert.ok(boundOf('m', audio('constructor')) > 0)
})

test('M11: a file costs its bytes and an image for each page; one that is only named can fill the context', () => {
  const part = (file: unknown): unknown => ({ type: 'file', file })
  assert.equal(boundOf('gpt-4o', part({ file_data: 'A'.repeat(4000) })), 3000 + 2 * (85 + 8 * 170))
  assert.equal(boundOf('gpt-4o', part({ file_id: 'file-1' })), 128_000)
})

test('what the body can cause is told', () => {
  const none = { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: false }
  assert.deepEqual(read({}).canCause, none)
  const cached = [{ role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] }]
  assert.deepEqual(read({ messages: cached }).canCause, { ...none, cacheWrite: true })
  assert.deepEqual(read({ tools: [{ type: 'function', cache_control: {} }] }).canCause, { ...none, cacheWrite: true })
  assert.deepEqual(read({ messages: [{ role: 'user', content: 'say "cache_control": {}' }] }).canCause, none)
  assert.deepEqual(readContent('m', image('https://x/y')).canCause, { ...none, imageIn: true })
  assert.deepEqual(readContent('m', { type: 'input_audio', input_audio: { data: '', format: 'wav' } }).canCause, { ...none, audioIn: true })
  assert.deepEqual(read({ modalities: ['text', 'audio'] }).canCause, { ...none, audioOut: true, hiddenOutput: true })
})

test('M14: reasoning, server tools and predictions make output that can be billed unseen', () => {
  const hidden = (members: Record<string, unknown>): boolean => read(members).canCause.hiddenOutput
  for (const members of [
    { reasoning_effort: 'low' },
    { reasoning: { effort: 'high' } },
    { web_search_options: {} },
    { tools: [{ type: 'web_search' }] },
    { prediction: {} },
    { model: 'o3' },
  ]) {
    assert.equal(hidden(members), true, JSON.stringify(members))
  }
  for (const members of [{ reasoning_effort: null }, { reasoning_effort: 'none' }, { tools: [{ type: 'function' }] }])
    assert.equal(hidden(members), false, JSON.stringify(members))
})

test('M14: models that reason are known by name', () => {
  const hiding = [
    'o1',
    'o3-mini',
    'o4-mini-2025-04-16',
    'openai/gpt-5-nano',
    'gpt-5.1',
    'gpt-6',
    'openai/gpt-oss-120b',
    'deepseek-reasoner',
    'deepseek-ai/DeepSeek-R1',
    'deepseek-r1-distill-llama-70b',
    'grok-4',
    'grok-3-mini',
    'grok-code-fast-1',
    'magistral-medium-latest',
    'qwq-32b',
    'qwen3-235b-a22b-thinking-2507',
    'Qwen/Qwen3-32B',
    'kimi-k2-thinking',
    'glm-4.6',
    'gemini-2.5-pro',
    'sonar-reasoning-pro',
    'nemotron-nano',
    'claude-3-7-sonnet-thinking',
    'MiniMax-M2',
  ]
  const showing = [
    'gpt-4o',
    'gpt-4.1-nano',
    'gpt-4o-mini',
    'gpt-3.5-turbo',
    'gpt-5-chat-latest',
    'llama-3.3-70b-versatile',
    'mistral-small-latest',
    'deepseek-chat',
    'claude-haiku-4-5',
    'demo',
    'qwen3-235b-a22b-instruct-2507',
    'kimi-k2-instruct',
    'gemini-2.0-flash',
    'grok-3',
    'grok-4-fast-non-reasoning',
    'sonar',
    'omni-model',
  ]
  for (const model of hiding) assert.equal(hidesOutput(model), true, model)
  for (const model of showing) assert.equal(hidesOutput(model), false, model)
})

test('the text to count leaves media out', () => {
  const request = read({
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }, image('data:image/png;base64,QUJD')] }],
    tools: [{ type: 'function' }],
  })
  assert.match(request.inputText(), /hello[^]*"function"/)
  assert.doesNotMatch(request.inputText(), /QUJD/)
})
