import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Anthropic, { BadRequestError, RateLimitError } from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import { Mistral } from '@mistralai/mistralai'
import { CohereClientV2, CohereError } from 'cohere-ai'
import { Ollama } from 'ollama'
import { startReplay, type Replay } from './server.ts'

const TEXT = 'The capital of France is Paris.'
const UNICODE = 'Grüße: 日本語, 👩‍👩‍👧, "quoted", back\\slash,\nnew line\tand a \u2028 separator.'
const messages = [{ role: 'user' as const, content: 'Hello' }]

let replay: Replay
before(async () => {
  replay = await startReplay()
})
after(() => replay.close())

test('Anthropic SDK: messages whole and streamed, thinking and calls put together and sent back, counts, errors by class', async () => {
  const client = new Anthropic({ apiKey: 'a-key', baseURL: replay.origins.anthropic, maxRetries: 0 })
  const asked = { max_tokens: 5000, thinking: { type: 'enabled' as const, budget_tokens: 2000 } }
  const model = 'claude-sonnet-4-5'
  const whole = await client.messages.create({ model: `${model}~reasoning-tool`, messages, ...asked })
  assert.deepEqual(
    whole.content.map(({ type }) => type),
    ['thinking', 'tool_use'],
  )
  const stream = client.messages.stream({ model: `${model}~reasoning-tool,split=9`, messages, ...asked })
  const { content, stop_reason: stop, usage } = await stream.finalMessage()
  assert.deepEqual(
    content.map(({ type }) => type),
    ['thinking', 'tool_use'],
  )
  assert.deepEqual([stop, usage.input_tokens, usage.output_tokens], ['tool_use', 130, 36])
  const use = content.find((block) => block.type === 'tool_use')
  const result = { type: 'tool_result' as const, tool_use_id: use?.id ?? '', content: 'rain' }
  const next = [...messages, { role: 'assistant' as const, content }, { role: 'user' as const, content: [result] }]
  const answered = await client.messages.create({ model: `${model}~text`, messages: next, ...asked })
  assert.deepEqual(answered.content, [{ type: 'text', text: TEXT }])
  const newer = { model: 'claude-opus-5-5~reasoning-hidden', max_tokens: 500, system: 'Be kind' }
  const hidden = await client.messages.create({ ...newer, messages })
  assert.deepEqual(
    hidden.content.map((block) => (block.type === 'thinking' ? block.thinking : block.type)),
    ['', 'text'],
  )
  const goesOn = [...messages, { role: 'assistant' as const, content: hidden.content }, ...messages]
  await client.messages.create({ ...newer, messages: goesOn })
  const changed = client.messages.create({ ...newer, system: 'Be brief', messages: goesOn })
  await assert.rejects(changed, /bound to a different conversation/)
  assert.ok((await client.messages.countTokens({ model, messages })).input_tokens > 0)
  assert.equal((await client.models.list()).data.length, 2)
  await assert.rejects(client.messages.create({ model: `${model}~fault=429:seconds`, messages, max_tokens: 5 }), RateLimitError)
  await assert.rejects(client.messages.create({ model, messages: [], max_tokens: 5 }), (error) => {
    assert.ok(error instanceof BadRequestError)
    return /at least one message is required/.test(error.message)
  })
  const broken = client.messages.stream({ model: `${model}~text,fault=error:3`, messages, max_tokens: 5 })
  await assert.rejects(broken.finalMessage(), /overloaded_error/)
})

test('Google SDK: content whole and streamed, calls with their signatures sent back by its chats, embeddings, counts, errors', async () => {
  const client = new GoogleGenAI({ apiKey: 'a-key', httpOptions: { baseUrl: replay.origins.gemini } })
  const model = 'gemini-3-pro-preview'
  assert.equal((await client.models.generateContent({ model: `${model}~text`, contents: 'Hello' })).text, TEXT)
  let said = ''
  for await (const piece of await client.models.generateContentStream({ model: `${model}~unicode,split=3`, contents: 'Hello' }))
    said += piece.text ?? ''
  assert.equal(said, UNICODE)
  const chat = client.chats.create({ model })
  replay.next('parallel-tools')
  const calls = (await chat.sendMessage({ message: 'Hello' })).functionCalls ?? []
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['get_weather', 'get_time'],
  )
  replay.next('text')
  const parts = calls.map(({ id, name }) => ({
    functionResponse: { ...(id === undefined ? {} : { id }), name: name ?? '', response: { ok: true } },
  }))
  assert.equal((await chat.sendMessage({ message: parts })).text, TEXT)
  assert.ok(((await client.models.countTokens({ model, contents: 'Hello' })).totalTokens ?? 0) > 0)
  const embedded = await client.models.embedContent({ model: 'gemini-embedding-001', contents: ['one', 'two'] })
  assert.deepEqual(
    embedded.embeddings?.map(({ values }) => values?.length),
    [5, 5],
  )
  const wrong = client.models.generateContent({ model, contents: 'Hello', config: { temperature: 3 } })
  await assert.rejects(wrong, (error) => error instanceof ApiError && error.status === 400 && /temperature/.test(error.message))
})

test('Mistral SDK: chat whole and streamed, calls, embeddings, errors', async () => {
  const client = new Mistral({ apiKey: 'a-key', serverURL: replay.origins.mistral, retryConfig: { strategy: 'none' } })
  const model = 'mistral-small-latest'
  const whole = await client.chat.complete({ model: `${model}~parallel-tools`, messages })
  assert.deepEqual(
    whole.choices?.[0]?.message?.toolCalls?.map((call) => call.function.name),
    ['get_weather', 'get_time'],
  )
  let said = ''
  for await (const { data } of await client.chat.stream({ model: `${model}~unicode`, messages })) {
    const content = data.choices[0]?.delta.content
    said += typeof content === 'string' ? content : ''
  }
  assert.equal(said, UNICODE)
  await assert.rejects(client.chat.complete({ model: `${model}~fault=429`, messages }), /429/)
  await assert.rejects(
    client.chat.complete({ model, messages: [...messages, { role: 'assistant', content: 'x' }] }),
    /Expected last role User or Tool/,
  )
})

test('Cohere SDK: chat whole and streamed, embeddings, rankings, errors', async () => {
  const client = new CohereClientV2({ token: 'a-key', baseUrl: replay.origins.cohere })
  const model = 'command-a-03-2025'
  const whole = await client.chat({ model: `${model}~text-and-tool`, messages })
  assert.deepEqual(
    [whole.message.toolPlan, whole.finishReason, whole.message.toolCalls?.[0]?.function?.name],
    ['I will look that up.', 'TOOL_CALL', 'get_weather'],
  )
  let said = ''
  let stop: string | undefined
  for await (const event of await client.chatStream({ model: `${model}~unicode,split=11`, messages })) {
    if (event.type === 'content-delta') said += event.delta?.message?.content?.text ?? ''
    if (event.type === 'message-end') stop = event.delta?.finishReason
  }
  assert.deepEqual([said, stop], [UNICODE, 'COMPLETE'])
  const embedded = await client.embed({ model: 'embed-v4.0', inputType: 'search_document', texts: ['one'], embeddingTypes: ['float'] })
  assert.equal(embedded.embeddings.float?.[0]?.length, 5)
  const ranked = await client.rerank({ model: 'rerank-v3.5', query: 'one', documents: ['one', 'two'], topN: 1 })
  assert.deepEqual(
    ranked.results.map(({ index }) => index),
    [0],
  )
  await assert.rejects(
    client.chat({ model, messages, temperature: 2 }, { maxRetries: 0 }),
    (error) => error instanceof CohereError && error.statusCode === 400,
  )
})

test('Ollama SDK: chat and generate whole and streamed, embeddings, models, errors before and inside a stream', async () => {
  const client = new Ollama({ host: replay.origins.ollama })
  const whole = await client.chat({ model: 'llama3.2~parallel-tools', messages })
  assert.deepEqual(
    whole.message.tool_calls?.map((call) => call.function.name),
    ['get_weather', 'get_time'],
  )
  let said = ''
  for await (const part of await client.chat({ model: 'llama3.2~unicode,split=5', messages, stream: true })) said += part.message.content
  assert.equal(said, UNICODE)
  assert.equal((await client.generate({ model: 'llama3.2~text', prompt: 'Hello' })).response, TEXT)
  assert.equal((await client.embed({ model: 'all-minilm', input: ['one', 'two'] })).embeddings.length, 2)
  assert.equal((await client.list()).models.length, 2)
  await assert.rejects(client.chat({ model: 'llama3.2', messages, format: 'xml' }), /invalid format/)
  const stream = await client.chat({ model: 'llama3.2~text,fault=error:2', messages, stream: true })
  await assert.rejects(async () => {
    for await (const part of stream) assert.equal(part.done, false)
  }, /had an error/)
})
