import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { ask } from './cases/ask.ts'
import { parseOptions } from './main.ts'
import { parsePlan, splitModel } from './plan.ts'
import { hear } from './reading/heard.ts'
import { startReplay, type Replay } from './server.ts'
import { VENDORS, type Dialect } from './types.ts'

let replay: Replay
before(async () => {
  replay = await startReplay()
})
beforeEach(() => replay.reset())
after(() => replay.close())

async function said(dialect: Dialect, response: Response): Promise<ReturnType<typeof hear>> {
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return hear(dialect, [JSON.parse(text) as Record<string, unknown>])
}

test('a plan is read from behind the model’s name: answer, pacing, fault', () => {
  assert.deepEqual(splitModel('gpt-5.1~tool-call,split=3,delay=10,fault=cut:2,lenient'), {
    model: 'gpt-5.1',
    plan: { answer: 'tool-call', split: 3, delay: 10, fault: 'cut:2', lenient: true },
  })
  assert.deepEqual(splitModel('gpt-5.1'), { model: 'gpt-5.1', plan: {} })
  assert.deepEqual(parsePlan('anthropic:anthropic-text, pace=5'), { answer: 'anthropic:anthropic-text', pace: 5 })
})

test('the answer names the model without its plan, and the log has both', async () => {
  const response = await ask(replay, 'chat', { model: 'gpt-4o~text' })
  assert.equal(((await response.json()) as { model: string }).model, 'gpt-4o')
  const [entry] = replay.requests
  assert.equal(entry?.route?.model, 'gpt-4o')
  assert.equal(entry.call.body?.['model'], 'gpt-4o~text')
  assert.equal(entry.answer, 'text')
})

test('plans given to the server: the next request that matches, then every one, a scene of the test’s own, raw bytes', async () => {
  replay.always('length', { model: 'gpt-4o' })
  replay.next('tool-call', { vendor: 'openai' })
  replay.next({ answer: { parts: [{ type: 'text', text: 'scripted' }], stop: 'stop', usage: { input: 1, output: 1 } } })
  replay.next({ answer: { status: 418, body: { teapot: true } } })
  assert.equal((await said('openai-chat', await ask(replay, 'chat'))).stop, 'tool_calls')
  assert.equal((await said('openai-chat', await ask(replay, 'chat'))).text, 'scripted')
  assert.equal((await ask(replay, 'chat')).status, 418)
  assert.equal((await said('openai-chat', await ask(replay, 'chat'))).stop, 'length')
})

test('auto: tools are called, the chosen one if one is; their results are spoken of; a schema is kept to', async () => {
  const tools = ['f', 'g'].map((name) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { n: { type: 'integer' }, s: { enum: ['x'] } } } },
  }))
  const user = { role: 'user', content: 'Hello' }
  const called = await said('openai-chat', await ask(replay, 'chat', { body: { tools } }))
  assert.deepEqual(called.calls, [{ name: 'f', arguments: { n: 7, s: 'x' } }])
  const choice = { type: 'function', function: { name: 'g' } }
  assert.equal((await said('openai-chat', await ask(replay, 'chat', { body: { tools, tool_choice: choice } }))).calls[0]?.name, 'g')
  assert.deepEqual((await said('openai-chat', await ask(replay, 'chat', { body: { tools, tool_choice: 'none' } }))).calls, [])
  const done = [
    user,
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'a', content: '21 degrees' },
  ]
  assert.match((await said('openai-chat', await ask(replay, 'chat', { body: { tools, messages: done } }))).text, /21 degrees/)
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }
  const format = { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } }
  assert.deepEqual(JSON.parse((await said('openai-chat', await ask(replay, 'chat', { body: { response_format: format } }))).text), {
    city: 'value',
  })
})

test('signatures: what was given out may come back, unchanged, and nothing else', async () => {
  const thinking = { max_tokens: 5000, thinking: { type: 'enabled', budget_tokens: 2000 } }
  const first = await ask(replay, 'messages', { model: 'claude-sonnet-4-5~reasoning-tool', body: thinking })
  const { content } = (await first.json()) as { content: { type: string; id?: string; thinking?: string }[] }
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: content[1]?.id, content: 'done' }] }
  const turn = (blocks: unknown): Promise<Response> =>
    ask(replay, 'messages', {
      body: { ...thinking, messages: [{ role: 'user', content: 'Hello' }, { role: 'assistant', content: blocks }, result] },
    })
  assert.equal((await turn(content)).status, 200)
  const changed = content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'Otherwise.' } : block))
  assert.equal((await turn(changed)).headers.get('x-replay-rule'), 'anthropic.thinking-signature')
  assert.equal((await turn(content.slice(1))).headers.get('x-replay-rule'), 'anthropic.thinking-first')
})

test('Gemini 3: a call that was answered with a signature needs it back', async () => {
  const first = await ask(replay, 'gemini', { model: 'gemini-3-pro-preview~parallel-tools' })
  const { candidates } = (await first.json()) as {
    candidates: { content: { parts: { functionCall: { name: string }; thoughtSignature?: string }[] } }[]
  }
  const parts = candidates[0]?.content.parts ?? []
  assert.deepEqual(
    parts.map((part) => part.thoughtSignature !== undefined),
    [true, false],
  )
  const responses = parts.map(({ functionCall }) => ({ functionResponse: { name: functionCall.name, response: {} } }))
  const turn = (given: unknown): Promise<Response> =>
    ask(replay, 'gemini', {
      model: 'gemini-3-pro-preview',
      body: {
        contents: [
          { role: 'user', parts: [{ text: 'Hello' }] },
          { role: 'model', parts: given },
          { role: 'user', parts: responses },
        ],
      },
    })
  assert.equal((await turn(parts)).status, 200)
  assert.equal((await turn(parts.map(({ functionCall }) => ({ functionCall })))).headers.get('x-replay-rule'), 'gemini.signature-required')
})

test('paths without a vendor in front go to whom they belong to; a path of nobody is 404', async () => {
  const headers = { authorization: 'Bearer a-key', 'x-api-key': 'a-key', 'content-type': 'application/json' }
  const post = (path: string, body: unknown, more: Record<string, string> = {}): Promise<Response> =>
    fetch(`${replay.url}${path}`, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) })
  await post('/v1/chat/completions', {})
  await post('/v1/messages', {}, { 'anthropic-version': '2023-06-01' })
  await post('/v2/chat', {})
  await post('/api/chat', {})
  await post('/model/m/converse', {})
  await post('/openai/deployments/d/chat/completions?api-version=1', {})
  await post('/v1beta/models/m:generateContent', {})
  await post('/v1/projects/p/locations/l/publishers/google/models/m:generateContent', {})
  assert.deepEqual(
    replay.requests.map((entry) => entry.route?.vendor),
    ['openai', 'anthropic', 'cohere', 'ollama', 'bedrock', 'azure', 'gemini', 'vertex'],
  )
  assert.equal((await post('/nobody', {})).status, 404)
  assert.equal((await fetch(`${replay.origins.cohere}/v1/chat/completions`, { method: 'POST' })).status, 404)
})

test('lists of models, counts, vectors, images, speech, transcriptions, rankings have the vendor’s form', async () => {
  const list = async (vendor: 'openai' | 'anthropic' | 'gemini' | 'ollama', path: string): Promise<unknown> =>
    (await fetch(`${replay.origins[vendor]}${path}`, { headers: { authorization: 'Bearer k', 'anthropic-version': '2023-06-01' } })).json()
  assert.match(JSON.stringify(await list('openai', '/v1/models')), /"object":"list"/)
  assert.match(JSON.stringify(await list('anthropic', '/v1/models')), /"has_more":false/)
  assert.match(JSON.stringify(await list('gemini', '/v1beta/models')), /"models\/model-one"/)
  assert.match(JSON.stringify(await list('ollama', '/api/tags')), /"digest"/)
  const json = async (base: string): Promise<string> => JSON.stringify(await (await ask(replay, base)).json())
  assert.match(await json('embeddings'), /"object":"embedding","index":0/)
  assert.match(await json('cohere-embed'), /"response_type":"embeddings_by_type"/)
  assert.match(await json('ollama-embed'), /"prompt_eval_count"/)
  assert.match(await json('gemini-batch'), /"embeddings":\[\{"values"/)
  assert.match(await json('cohere-rerank'), /"relevance_score":1/)
  assert.match(await json('images'), /"b64_json"/)
  assert.match(await json('moderations'), /"flagged":false/)
  const speech = await ask(replay, 'speech')
  assert.equal(speech.headers.get('content-type'), 'audio/mpeg')
  assert.ok((await speech.arrayBuffer()).byteLength > 6000)
  const form = { model: 'whisper-1', file: 'RIFF', response_format: 'vtt' }
  assert.match(await (await ask(replay, 'transcription', { form })).text(), /^WEBVTT/)
})

test('another process can plan, look at requests and forget them', async () => {
  const control = async (path: string, body?: unknown): Promise<Response> =>
    fetch(`${replay.url}/_replay/${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
  await control('next', { plan: 'tool-call', match: { vendor: 'openai' } })
  await control('always', { plan: { answer: 'length' } })
  assert.equal((await said('openai-chat', await ask(replay, 'chat'))).stop, 'tool_calls')
  assert.equal((await said('openai-chat', await ask(replay, 'chat'))).stop, 'length')
  await ask(replay, 'chat', { body: { nonsense: 1 } })
  const { requests } = (await (await control('requests')).json()) as { requests: { status: number; broke: { rule: string } | null }[] }
  assert.deepEqual(
    requests.map(({ status, broke }) => [status, broke?.rule ?? null]),
    [
      [200, null],
      [200, null],
      [400, 'openai.unknown-member'],
    ],
  )
  assert.equal((await control('next', {})).status, 400)
  assert.equal((await control('elsewhere')).status, 404)
  await control('reset', {})
  assert.equal(replay.requests.length, 0)
})

test('lenient: the rules are not looked at, for one request or for all', async () => {
  assert.equal((await ask(replay, 'chat', { model: 'gpt-4o~lenient', body: { nonsense: 1 } })).status, 200)
  const lenient = await startReplay({ lenient: true })
  try {
    assert.equal((await ask(lenient, 'chat', { body: { nonsense: 1 } })).status, 200)
  } finally {
    await lenient.close()
  }
})

test('as a script: prints where it is, answers, and ends when it is told to', async () => {
  assert.throws(() => parseOptions(['--vendor', 'nobody']), /no vendor is called nobody/)
  assert.deepEqual(parseOptions(['--port', '8', '--vendor', 'mistral']), { port: 8, vendor: 'mistral', lenient: false })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { url, origins } = JSON.parse(line.toString('utf8')) as { url: string; origins: Record<string, string> }
  assert.deepEqual(Object.keys(origins), [...VENDORS])
  assert.equal((await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer k' } })).status, 200)
  child.kill('SIGTERM')
  await once(child, 'exit')
})
