import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnswerFrame, Conversation, Dialect, Part, StreamEvent } from '../src/index.ts'
import { anthropic, cohere, gemini, geminiArray, ollama, openaiChat } from '../src/index.ts'

type Json = Record<string, unknown>

const THOUGHT: Part = { type: 'reasoning', text: 'A tool must be asked.', signature: 'c2lnbmF0dXJl', origin: 'anthropic', at: '' }
const HIDDEN: Part = { type: 'reasoning', text: '', redacted: 'aGlkZGVu', origin: 'anthropic', at: '' }
const CALL: Part = { type: 'tool_call', id: 'toolu_1', name: 'get_weather', arguments: '{"city":"Paris"}', at: '' }
const SECOND: Part = { type: 'tool_call', id: 'toolu_2', name: 'get_time', arguments: '{}', at: '' }
const BUCKETS = { input: 1, output: 1 }

const ASKED: Conversation = {
  stream: false,
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '' }], at: '' }],
  reasoning: { budgetTokens: 2_048, show: true },
  others: {},
}
const FRAME: AnswerFrame = { model: 'm', requestId: 'req_1', created: 1, includeUsage: true, conversation: ASKED }

const EVENTS: StreamEvent[] = [
  { type: 'start' },
  { type: 'reasoning', choice: 0, text: 'A tool must ' },
  { type: 'reasoning', choice: 0, text: 'be asked.' },
  { type: 'reasoning_signature', choice: 0, signature: 'c2lnbmF0dXJl', origin: 'anthropic' },
  { type: 'redacted_reasoning', choice: 0, data: 'aGlkZGVu', origin: 'anthropic' },
  { type: 'tool_call', choice: 0, call: 0, id: 'toolu_1', name: 'get_weather' },
  { type: 'tool_arguments', choice: 0, call: 0, text: '{"city":"Paris"}' },
  { type: 'tool_call', choice: 0, call: 1, id: 'toolu_2', name: 'get_time' },
  { type: 'tool_arguments', choice: 0, call: 1, text: '{}' },
  { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } },
]

/** How a client of each dialect sends back what it got: with all that its API has a member for, whole or streamed. */
interface Client {
  dialect: Dialect
  back(answers: Json[]): Json
}

const CLIENTS: Client[] = [
  {
    dialect: gemini,
    back: (answers) => {
      const parts = answers.flatMap(({ candidates }) => (candidates as { content: { parts: Json[] } }[])[0]?.content.parts ?? [])
      const results = parts.flatMap(({ functionCall }) =>
        functionCall === undefined ? [] : [{ functionResponse: { name: (functionCall as Json)['name'], response: {} } }],
      )
      return {
        contents: [
          { role: 'user', parts: [{ text: 'hi' }] },
          { role: 'model', parts },
          { role: 'user', parts: results },
        ],
      }
    },
  },
  {
    dialect: ollama,
    back: (answers) => {
      const calls = answers.flatMap(({ message }) => ((message as Json)['tool_calls'] ?? []) as Json[])
      const results = calls.map((call) => ({ role: 'tool', tool_name: (call['function'] as Json)['name'], content: 'x' }))
      return { model: 'm', messages: [{ role: 'user', content: 'hi' }, { role: 'assistant', content: '', tool_calls: calls }, ...results] }
    },
  },
  {
    dialect: cohere,
    back: ([answer]) => {
      const message = answer?.['message'] as Json
      const calls = message['tool_calls'] as Json[]
      const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'x' }))
      return { model: 'm', messages: [{ role: 'user', content: 'hi' }, message, ...results] }
    },
  },
  {
    dialect: openaiChat,
    back: (answers) => {
      const { tool_calls: calls } = wholeMessage(answers)
      const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'x' }))
      return {
        model: 'm',
        messages: [{ role: 'user', content: 'hi' }, { role: 'assistant', content: null, tool_calls: calls }, ...results],
      }
    },
  },
]

/** The message of an answer, or of its chunks, with no member but those that OpenAI documents. */
function wholeMessage(answers: Json[]): { tool_calls: Json[] } {
  const calls: Json[] = []
  for (const { choices } of answers) {
    const [choice] = choices as { message?: { tool_calls: Json[] }; delta?: { tool_calls?: Json[] } }[]
    for (const call of choice?.message?.tool_calls ?? choice?.delta?.tool_calls ?? []) {
      const known = typeof call['index'] === 'number' ? calls[call['index']] : undefined
      if (known === undefined) calls.push(call)
      else Object.assign(known['function'] as Json, { arguments: `${argumentsOf(known)}${argumentsOf(call)}` })
    }
  }
  return { tool_calls: calls.map(({ id, type, function: called }) => ({ id, type, function: called })) }
}

function argumentsOf({ function: called }: Json): string {
  return String((called as Json)['arguments'])
}

/** What Anthropic is sent of the assistant's turn, whole thoughts and all. */
function sentOn({ dialect, back }: Client, answers: Json[]): Json[] {
  const read = dialect.read({
    path: '/v1beta/models/m:generateContent',
    query: '',
    headers: {},
    body: Buffer.from(JSON.stringify(back(answers))),
  })
  assert.ok(read.ok, JSON.stringify(read))
  const decoded = read.request.decode()
  assert.ok(decoded.ok, JSON.stringify(decoded))
  const thinking = { ...decoded.conversation, reasoning: { budgetTokens: 2_048 } }
  const { body, unsupported } = anthropic.encodeRequest(thinking, { model: 'claude-sonnet-4-5', outputLimit: 4_096, quirks: {} })
  assert.deepEqual(unsupported, [])
  return (JSON.parse(body.toString()) as { messages: { content: Json[] }[] }).messages[1]?.content ?? []
}

const EXPECTED = [
  { type: 'thinking', thinking: 'A tool must be asked.', signature: 'c2lnbmF0dXJl' },
  { type: 'redacted_thinking', data: 'aGlkZGVu' },
  { type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } },
  { type: 'tool_use', name: 'get_time', input: {} },
]

function withoutIds(blocks: Json[]): Json[] {
  return blocks.map(({ id: _, ...block }) => block)
}

for (const client of CLIENTS) {
  test(`M6, T4: what Claude thought before it called tools comes back through callers of ${client.dialect.name}, whole answers`, () => {
    const choices = [{ parts: [THOUGHT, HIDDEN, CALL, SECOND], stop: { reason: 'tool_calls' as const } }]
    const answer = client.dialect.encodeAnswer({ choices, usage: { ok: true, buckets: BUCKETS } }, FRAME, BUCKETS)
    assert.deepEqual(withoutIds(sentOn(client, [JSON.parse(answer.toString()) as Json])), EXPECTED)
  })
}

test('M6, T4: and through streams', () => {
  const framings: [client: Client | undefined, dialect: Dialect, cut: (text: string) => string[]][] = [
    [CLIENTS[0], gemini, (text) => [...text.matchAll(/^data: (.+)$/gm)].map((match) => match[1] ?? '')],
    [CLIENTS[0], geminiArray, (text) => (JSON.parse(text) as Json[]).map((one) => JSON.stringify(one))],
    [CLIENTS[1], ollama, (text) => text.trimEnd().split('\n')],
    [CLIENTS[3], openaiChat, (text) => [...text.matchAll(/^data: (\{.+)$/gm)].map((match) => match[1] ?? '')],
  ]
  for (const [client, dialect, cut] of framings) {
    assert.ok(client !== undefined)
    const encoder = dialect.streamEncoder(FRAME)
    const bytes = Buffer.concat([...EVENTS.map((event) => encoder.encode([event])), encoder.end(BUCKETS)])
    const answers = cut(bytes.toString()).map((text) => JSON.parse(text) as Json)
    assert.deepEqual(withoutIds(sentOn(client, answers)), EXPECTED, dialect.streamType)
  }
  const ids = EVENTS.map((event) => cohere.streamEncoder(FRAME).encode([event]).toString())
  assert.ok(
    ids.every((text) => !text.includes('__sig__')),
    'a call alone carries nothing',
  )
})

test('M6: a client of OpenAI that gives back `reasoning_details`, too, says nothing twice', () => {
  const choices = [{ parts: [THOUGHT, HIDDEN, CALL, SECOND], stop: { reason: 'tool_calls' as const } }]
  const answer = JSON.parse(openaiChat.encodeAnswer({ choices, usage: { ok: true, buckets: BUCKETS } }, FRAME, BUCKETS).toString()) as Json
  const [{ message } = { message: {} as Json }] = answer['choices'] as { message: Json }[]
  const results = (message['tool_calls'] as Json[]).map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'x' }))
  const back = (): Json => ({ model: 'm', messages: [{ role: 'user', content: 'hi' }, message, ...results] })
  assert.deepEqual(withoutIds(sentOn({ dialect: openaiChat, back }, [answer])), EXPECTED)
})

test('M6, T7: a vendor of OpenAI’s dialect gets the ids without it: they would be longer than it takes them', () => {
  const choices = [{ parts: [THOUGHT, CALL], stop: { reason: 'tool_calls' as const } }]
  const answer = openaiChat.encodeAnswer({ choices, usage: { ok: true, buckets: BUCKETS } }, FRAME, BUCKETS)
  const client = CLIENTS[3] ?? assert.fail()
  const body = Buffer.from(JSON.stringify(client.back([JSON.parse(answer.toString()) as Json])))
  assert.ok(body.includes('__sig__'))
  const read = openaiChat.read({ path: '/v1/chat/completions', query: '', headers: {}, body })
  assert.ok(read.ok)
  const sent = read.request.upstreamBody({ model: 'm', injectUsage: false })
  assert.equal(sent.toString(), body.toString().replaceAll(/toolu_1__sig__[\w-]+/g, 'toolu_1'))
})

test('M6: nobody else is shown it: another vendor gets the call, and no thought', () => {
  const choices = [{ parts: [THOUGHT, CALL], stop: { reason: 'tool_calls' as const } }]
  const [client] = CLIENTS
  assert.ok(client !== undefined)
  const answer = JSON.parse(gemini.encodeAnswer({ choices, usage: { ok: true, buckets: BUCKETS } }, FRAME, BUCKETS).toString()) as Json
  const read = gemini.read({
    path: '/v1beta/models/m:generateContent',
    query: '',
    headers: {},
    body: Buffer.from(JSON.stringify(client.back([answer]))),
  })
  assert.ok(read.ok)
  const decoded = read.request.decode()
  assert.ok(decoded.ok)
  const body = cohere.encodeRequest(decoded.conversation, { model: 'command-a', outputLimit: 10, quirks: {} }).body.toString()
  assert.ok(!body.includes('A tool must be asked.') && !body.includes('c2lnbmF0dXJl'), body)
  assert.ok(body.includes('get_weather'))
})

test('M6, S11: thoughts are kept up to a bound, however many there are', () => {
  const hidden = (index: number): StreamEvent => ({
    type: 'redacted_reasoning',
    choice: 0,
    data: String(index).padEnd(64 * 1024, 'x'),
    origin: 'anthropic',
  })
  const call: StreamEvent = { type: 'tool_call', choice: 0, call: 0, id: 'toolu_1', name: 'get_weather' }
  const end: StreamEvent = { type: 'finish', choice: 0, stop: { reason: 'tool_calls' } }
  const written = (count: number): string => {
    const encoder = gemini.streamEncoder(FRAME)
    return Buffer.concat([
      encoder.encode([...Array.from({ length: count }, (_, index) => hidden(index)), call, end]),
      encoder.end(BUCKETS),
    ]).toString()
  }
  assert.ok(written(2).includes('thoughtSignature'))
  assert.ok(!written(8).includes('thoughtSignature'))
})

test('M6: a thought that is too long is not carried, one whose vendor is not known neither', () => {
  for (const thought of [
    { ...THOUGHT, text: 'x'.repeat(300_000) },
    { ...THOUGHT, origin: undefined },
  ] as Part[]) {
    const choices = [{ parts: [thought, CALL], stop: { reason: 'tool_calls' as const } }]
    const answer = gemini.encodeAnswer({ choices, usage: { ok: true, buckets: BUCKETS } }, FRAME, BUCKETS).toString()
    assert.ok(!answer.includes('thoughtSignature'))
  }
})
