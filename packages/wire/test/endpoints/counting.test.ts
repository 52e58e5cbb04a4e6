import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropicCountTokens, countUpstream, geminiCountTokens, mediaTokens } from '@faregate/wire'
import { jsonCall, read } from './support.ts'

const MESSAGES = jsonCall({
  model: 'm',
  system: 'Be brief',
  messages: [{ role: 'user', content: 'Hello' }],
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
})
const CONTENTS = jsonCall({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }, '/v1beta/models/m:countTokens')

test('U12: what Anthropic’s callers count, Google can count: the whole request, and nothing that only answers have', () => {
  const decoded = read(anthropicCountTokens, MESSAGES).decode()
  assert.ok(decoded.ok)
  const { body } = geminiCountTokens.encodeCounting(decoded.conversation, { model: 'gemini-2.5-flash', outputLimit: undefined, quirks: {} })
  const { generateContentRequest } = JSON.parse(body.toString()) as { generateContentRequest: Record<string, unknown> }
  assert.equal(generateContentRequest['model'], 'models/gemini-2.5-flash')
  assert.deepEqual(Object.keys(generateContentRequest).toSorted(), ['contents', 'model', 'systemInstruction', 'tools'])
})

test('U12: what Google’s callers count, Anthropic can count: without the members that count_tokens refuses', () => {
  const decoded = read(geminiCountTokens, CONTENTS).decode()
  assert.ok(decoded.ok)
  const { body } = anthropicCountTokens.encodeCounting(decoded.conversation, {
    model: 'claude-sonnet-4-5',
    outputLimit: undefined,
    quirks: {},
  })
  assert.deepEqual(Object.keys(JSON.parse(body.toString()) as object).toSorted(), ['messages', 'model'])
})

test('U12: a count is told in the caller’s shape, and read in the vendor’s', () => {
  assert.equal(anthropicCountTokens.encodeCount(12).toString(), '{"input_tokens":12}')
  assert.equal(geminiCountTokens.encodeCount(12).toString(), '{"totalTokens":12}')
  assert.equal(anthropicCountTokens.decodeCount(Buffer.from('{"input_tokens":12}')), 12)
  assert.equal(anthropicCountTokens.decodeCount(Buffer.from('{"input_tokens":-1}')), undefined)
  assert.equal(anthropicCountTokens.readAnswer(Buffer.from('<html>')), undefined)
  assert.equal(countUpstream(['openai-chat']), undefined)
  assert.equal(countUpstream(['gemini', 'gemini-count-tokens']), geminiCountTokens)
})

test('what is no text is counted as it is bound', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }
  const decoded = read(
    anthropicCountTokens,
    jsonCall({ model: 'm', messages: [{ role: 'user', content: [image, { type: 'text', text: 'What is it?' }] }] }),
  ).decode()
  assert.ok(decoded.ok)
  assert.ok(mediaTokens(decoded.conversation, 'claude-sonnet-4-5') > 1_000)
})
