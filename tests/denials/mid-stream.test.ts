import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { denialInEvent } from '../../packages/client/src/index.ts'
import { say } from '../support/config.ts'
import type { Customer } from '../support/gateway.ts'
import { json, send, type Answer } from '../support/http.ts'
import { chunk, openStream } from '../support/behaviours.ts'
import { startWorld, type World } from './world.ts'

type Json = Record<string, unknown>

/** A way of asking for a stream, and how one ends there that was refused in its middle. */
interface Streamed {
  path: (model: string) => string
  body: (model: string) => Json
  /** The events, in order; `name` where the framing has names. */
  events: (body: Buffer) => { name?: string | undefined; data: Json }[]
  /** Checks the end as that dialect's own documentation has it, and takes the problem out. */
  problem: (events: { name?: string | undefined; data: Json }[]) => Json
  /** What only a whole answer has. */
  complete: RegExp
}

function sse(body: Buffer): { name: string | undefined; data: Json }[] {
  const found: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => found.push(event) })
  parser.feed(body.toString('utf8'))
  return found.filter(({ data }) => data !== '[DONE]').map(({ event, data }) => ({ name: event, data: JSON.parse(data) as Json }))
}

const lines = (body: Buffer) =>
  body
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ data: JSON.parse(line) as Json }))

const elements = (body: Buffer) => (JSON.parse(body.toString('utf8')) as Json[]).map((data) => ({ data }))

const MESSAGES = { messages: say(), max_tokens: 200, stream: true }
const GEMINI = { contents: [{ role: 'user', parts: [{ text: 'Hello!' }] }], generationConfig: { maxOutputTokens: 200 } }

const last = (events: { data: Json }[], from = 1): Json => events.at(-from)?.data ?? {}

/** google.rpc.Status (AIP-193), with the problem among its details. */
function inGoogles(events: { data: Json }[]): Json {
  const { code, status, message, details } = last(events)['error'] as { code: number; status: string; message: string; details: Json[] }
  assert.ok(code >= 400 && /^[A-Z_]+$/.test(status))
  assert.equal(message, details[0]?.['detail'])
  return details[0] ?? {}
}

const DIALECTS: Record<string, Streamed> = {
  'OpenAI Chat': {
    path: () => '/v1/chat/completions',
    body: (model) => ({ model, ...MESSAGES }),
    events: sse,
    problem: (events) => {
      const [choice] = last(events, 2)['choices'] as { finish_reason: string }[]
      assert.equal(choice?.finish_reason, 'error')
      assert.deepEqual(last(events, 2)['error'], last(events)['error'])
      return last(events)['error'] as Json
    },
    complete: /\[DONE\]|"finish_reason":"(stop|length)"/,
  },
  'OpenAI Completions': {
    path: () => '/v1/completions',
    body: (model) => ({ model: `${model}-of-chats`, prompt: 'Hello!', max_tokens: 200, stream: true }),
    events: sse,
    problem: (events) => {
      const ended = last(events, 2)
      const [choice] = ended['choices'] as { text: string; finish_reason: string }[]
      assert.deepEqual([ended['object'], choice?.text, choice?.finish_reason], ['text_completion', '', 'error'])
      assert.deepEqual(ended['error'], last(events)['error'])
      const said = events.slice(0, -2).map(({ data }) => data['choices'] as { text: unknown }[])
      assert.ok(said.every(([piece]) => typeof piece?.text === 'string'))
      return last(events)['error'] as Json
    },
    complete: /\[DONE\]|"finish_reason":"(stop|length)"/,
  },
  'OpenAI Responses': {
    path: () => '/v1/responses',
    body: (model) => ({ model, input: 'Hello!', max_output_tokens: 200, stream: true }),
    events: sse,
    problem: (events) => {
      const [error, failed] = [events.at(-2), events.at(-1)]
      assert.deepEqual([error?.name, error?.data['type'], failed?.name], ['error', 'error', 'response.failed'])
      const { status, error: why } = last(events)['response'] as { status: string; error: { message: string } }
      assert.deepEqual([status, why.message], ['failed', last(events, 2)['message']])
      const told = last(events, 2)['error'] as Json
      return { ...told, code: told['denial'] }
    },
    complete: /response\.completed/,
  },
  'Anthropic Messages': {
    path: () => '/v1/messages',
    body: (model) => ({ model, ...MESSAGES }),
    events: sse,
    problem: (events) => {
      assert.deepEqual([events.at(-1)?.name, last(events)['type']], ['error', 'error'])
      const { type, message, details } = last(events)['error'] as { type: string; message: string; details: Json }
      assert.match(type, /_error$/)
      assert.equal(message, details['detail'])
      return details
    },
    complete: /message_stop|message_delta/,
  },
  'Gemini, as events': {
    path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: () => GEMINI,
    events: sse,
    problem: inGoogles,
    complete: /"finishReason"/,
  },
  'Gemini, as an array': {
    path: (model) => `/v1beta/models/${model}:streamGenerateContent`,
    body: () => GEMINI,
    events: elements,
    problem: inGoogles,
    complete: /"finishReason"/,
  },
  Cohere: {
    path: () => '/v2/chat',
    body: (model) => ({ model, ...MESSAGES }),
    events: sse,
    problem: (events) => {
      const { finish_reason: reason, error } = last(events)['delta'] as { finish_reason: string; error: string }
      assert.deepEqual([last(events)['type'], reason], ['message-end', 'ERROR'])
      const problem = last(events)['problem'] as Json
      assert.equal(error, problem['detail'])
      return problem
    },
    complete: /\[DONE\]|"COMPLETE"|"MAX_TOKENS"/,
  },
  Ollama: {
    path: () => '/ollama/api/chat',
    body: (model) => ({ model, messages: say(), options: { num_predict: 200 } }),
    events: lines,
    problem: (events) => {
      const { error, ...problem } = last(events)
      assert.equal(error, problem['detail'])
      return problem
    },
    complete: /"done":true/,
  },
  'a published prompt': {
    path: (model) => `/${model}-prompt`,
    body: () => ({}),
    events: sse,
    problem: (events) => {
      assert.equal(events.at(-1)?.name, 'error')
      return last(events)
    },
    complete: /"finish|event: done/,
  },
}

describe('a stream that is refused in its middle ends in an error of the dialect that its caller speaks', () => {
  let world: World

  before(async () => {
    world = await startWorld()
    world.upstream.on('cut', (exchange) => {
      openStream(exchange)
      for (const text of ['One ', 'two ', 'three ']) exchange.response.write(chunk('cut', { content: text }))
      setTimeout(() => exchange.response.destroy(), 50)
    })
    const { api } = world.gateway
    await api.expect(201, 'POST', '/api/models', {
      name: 'cut',
      deployments: [{ provider: 'fake', model: 'cut' }],
      price: { input: '0', output: '1000' },
    })
    // A vendor that has no completions: they are translated.
    await api.expect(201, 'POST', '/api/providers', { name: 'chats', kind: 'mistral', baseUrl: world.upstream.url, apiKey: 'sk-chats' })
    for (const model of ['endless', 'cut'])
      await api.expect(201, 'POST', '/api/models', {
        name: `${model}-of-chats`,
        deployments: [{ provider: 'chats', model }],
        sliceTokens: 8,
        price: { input: '0', output: '1000' },
      })
    for (const model of ['endless', 'cut'])
      await api.expect(201, 'POST', '/api/apis', {
        name: `${model}-prompt`,
        prefix: `/${model}-prompt`,
        kind: 'prompt',
        prompt: { model, user: 'Say hello.', maxTokens: 200 },
      })
  })
  after(async () => {
    await world?.stop()
  })

  function ask({ key }: Customer, model: string, { path, body }: Streamed): Promise<Answer> {
    return send(world.gateway.url + path(model), {
      body: body(model),
      headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
    })
  }

  for (const [name, dialect] of Object.entries(DIALECTS))
    for (const [code, model, credit] of [
      ['stream_funds_exhausted', 'endless', '0.05'],
      ['provider_error', 'cut', '1.00'],
    ] as const)
      test(`${name}: ${code}`, async () => {
        const customer = await world.gateway.customer(credit)
        const refused = await ask(customer, model, dialect)
        assert.equal(refused.status, 200, refused.text)
        const events = dialect.events(refused.body)
        assert.ok(events.length > 2, 'something was delivered before')
        const problem = dialect.problem(events)
        assert.equal(problem['code'], code, refused.text.slice(-1_500))
        assert.doesNotMatch(refused.text, dialect.complete)
        const { posted } = await world.gateway.api.balance(customer.organization)
        assert.equal(problem['charged'], posted, 'what was delivered is charged, and told')
        const look = await send(`${world.gateway.url}/denials/${String(problem['denialId'])}`, {
          headers: { authorization: `Bearer ${customer.key}` },
        })
        assert.equal(json(look)['code'], code)
        assert.ok(
          events.some(({ data }) => denialInEvent(data)?.is(code)),
          'the client of this gateway reads it',
        )
      })
})
