import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { startReplay, type Replay } from '../replay/server.ts'
import { startGateway, type Customer, type Gateway } from '../support/gateway.ts'
import { send, type Answer } from '../support/http.ts'
import { asSent } from '../support/mended.ts'
import { eventsOf } from '../replay/reading/heard.ts'
import type { Dialect, JsonObject } from '../replay/types.ts'
import { PRICE } from './charge.ts'
import { PLAYED, recordedAnswers, type Played } from './recorded.ts'
import { SURFACES } from './surfaces/all.ts'
import type { Said, Surface } from './surfaces/surface.ts'
import { toldBy, type Told } from './told.ts'

const folder = process.env['FAREGATE_RECORDED'] ?? ''
const skip = existsSync(folder) ? false : 'FAREGATE_RECORDED names no folder: recordings of providers are not replayed'
if (skip !== false) process.stderr.write(`SKIPPED: ${skip}\n`)

/** Recordings that are no answers of conversations: of what, at which provider, by which route, and what is asked. */
const BESIDE: [name: string, provider: string, path: string, asked: JsonObject][] = [
  ['openai.completion:openai-completion-text', 'openai-chat', '/v1/completions', { prompt: 'Hello {{mark}}', max_tokens: 500 }],
  ['openai.embedding:openai-embedding', 'openai-chat', '/v1/embeddings', { input: 'Hello {{mark}}' }],
  ['cohere:cohere-embedding', 'cohere', '/v2/embed', { texts: ['Hello {{mark}}'], input_type: 'search_query', embedding_types: ['float'] }],
  [
    'openai.chat:reasoning-model-legacy-parameter-error',
    'openai-chat',
    '/v1/chat/completions',
    { max_tokens: 10, messages: [{ role: 'user', content: '{{mark}}' }] },
  ],
  ['openai.responses:reasoning-model-temperature-error', 'openai-responses', '/v1/responses', { max_output_tokens: 20, input: '{{mark}}' }],
]

describe('recordings of providers, through every surface', { skip }, () => {
  const { played, others } = skip === false ? recordedAnswers(folder) : { played: [], others: [] }
  let replay: Replay
  let gateway: Gateway
  let customer: Customer
  let count = 0

  before(async () => {
    replay = await startReplay({ lenient: true })
    const places = Object.entries(PLAYED)
    const providers = places.map(([dialect, { vendor, kind, base }]) => ({
      name: dialect,
      kind,
      baseUrl: replay.origins[vendor] + base,
      apiKey: `sk-${dialect}-test`,
    }))
    const models = places.map(([dialect, { model }]) => [
      dialect,
      { deployments: [{ provider: dialect, model }], price: PRICE, maxOutput: 128_000 },
    ])
    gateway = await startGateway({ config: { providers, models: Object.fromEntries(models) as Record<string, unknown> } })
    customer = await gateway.customer('100000.00')
  })
  after(async () => {
    await gateway?.stop()
    await replay?.close()
  })

  /** Calls the provider of a recording by a surface; it answers with the recording. */
  async function play(recording: Played, surface: Surface): Promise<Answer> {
    const mark = `(recording ${count++})`
    const { answer } = recording
    replay.next({ answer }, { if: ({ call }) => call.bytes.includes(mark) })
    // Usage that is far more than the request can have caused would not be believed.
    const tokens = toldBy(recording.dialect, recording.events).usage?.input ?? 0
    const body = surface.body(surface.ask(`${'word '.repeat(tokens + 100)}${mark}`, 64_000), recording.dialect, recording.stream)
    return send(gateway.url + surface.path(recording.dialect, recording.stream), { body, headers: surface.headers(customer.key) })
  }

  for (const surface of SURFACES) {
    const own = played.filter(({ dialect }) => dialect === surface.dialect)
    if (own.length === 0) continue
    test(`${surface.title}: ${own.length} recordings arrive byte for byte`, async () => {
      const wrong = await each(own, async (recording) => {
        const answer = await play(recording, surface)
        assert.equal(answer.status, 200, answer.text)
        const recorded = recording.bytes.toString('utf8')
        assert.equal(asSent(answer.text, recorded), recorded)
      })
      assert.deepEqual(wrong, [])
    })
  }

  for (const dialect of Object.keys(PLAYED) as Dialect[]) {
    for (const surface of SURFACES.filter((one) => one.dialect !== dialect)) {
      const foreign = played.filter((recording) => recording.dialect === dialect && canAskFor(recording, surface))
      test(`${dialect} → ${surface.title}: text, calls, stop reason and usage of ${foreign.length} recordings are the same`, async () => {
        const wrong = await each(foreign, async (recording) => {
          const answer = await play(recording, surface)
          assert.equal(answer.status, 200, answer.text)
          assertSame(recording, surface, answer)
        })
        assert.deepEqual(wrong, [])
      })
    }
  }

  for (const [name, provider, path, asked] of BESIDE) {
    test(`${name} arrives byte for byte from ${path}`, async () => {
      const recording = replay.recordings.find((one) => one.name === name && !one.stream)
      assert.ok(recording !== undefined)
      const mark = `(recording ${count++})`
      replay.next({ answer: recording.answer }, { if: ({ call }) => call.bytes.includes(mark) })
      const body = JSON.parse(JSON.stringify({ model: provider, ...asked }).replaceAll('{{mark}}', mark)) as JsonObject
      const answer = await send(gateway.url + path, { body, headers: { authorization: `Bearer ${customer.key}` } })
      assert.equal(answer.status, recording.answer.status ?? 200)
      assert.equal(answer.text, recording.answer.body)
    })
  }

  test('what was played', (context) => {
    for (const [dialect, ofDialect] of Map.groupBy(played, (one) => one.dialect)) {
      const streams = ofDialect.filter(({ stream }) => stream).length
      context.diagnostic(`${dialect}: ${ofDialect.length - streams} whole, ${streams} streamed`)
    }
    context.diagnostic(`no answers of conversations, or errors: ${others.length} (${others.join(', ')})`)
    assert.ok(played.length >= 150, `${played.length} recordings`)
  })
})

/** R2: vendors that say no more than that the answer is whole, though it calls tools. */
function calls(reason: Said, said: Told): boolean {
  return reason === 'stop' && said.calls.length > 0
}

/**
 * Whether a caller of another API can get such an answer. Tools of free text are OpenAI's, tools that a program of the model
 * calls Anthropic's; a call that never ends is no object where arguments are objects.
 */
function canAskFor({ name, answer }: Played, { dialect }: Surface): boolean {
  if (name.startsWith('anthropic:anthropic-programmatic-tool-calling')) return false
  if (name.includes('spliced-message-start')) return dialect !== 'gemini' && dialect !== 'ollama'
  return dialect.startsWith('openai') || !JSON.stringify(answer).includes('custom_tool_call')
}

/** The vendors' words for why an answer ended. */
const STOPS: Record<string, Said> = {
  stop: 'stop',
  end_turn: 'stop',
  COMPLETE: 'stop',
  STOP: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  MAX_TOKENS: 'length',
  incomplete: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  TOOL_CALL: 'tool_calls',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
  content_filter: 'content_filter',
}

async function each(recordings: Played[], check: (recording: Played) => Promise<void>): Promise<string[]> {
  const wrong = await Promise.all(
    recordings.map(async (recording) => {
      try {
        await check(recording)
        return []
      } catch (error) {
        return [`${recording.name}, ${recording.stream ? 'streamed' : 'whole'}: ${(error as Error).message.slice(0, 600)}`]
      }
    }),
  )
  return wrong.flat()
}

/** What the caller hears is what a plain reading of the recording says. */
function assertSame(recording: Played, surface: Surface, answer: Answer): void {
  const events = recording.stream ? eventsOf(surface.framing, answer.body) : [JSON.parse(answer.text) as JsonObject]
  surface.assertShape(events, { stream: recording.stream, model: recording.dialect })
  const said = toldBy(recording.dialect, recording.events)
  const heard = toldBy(surface.dialect, events)
  assert.equal(heard.text, said.text)
  assert.deepEqual(heard.calls, said.calls)
  if (said.usage !== undefined) assert.deepEqual(heard.usage, said.usage)
  const reason = STOPS[said.stop]
  assert.ok(reason !== undefined, `the stop reason ${said.stop}`)
  const { stops } = surface
  // A refusal that is told in words is one of words where an API has those.
  const words = reason === 'refusal' ? [stops.refusal, stops.refusal_text] : [stops[calls(reason, said) ? 'tool_calls' : reason]]
  assert.ok(words.includes(heard.stop), `${heard.stop} instead of ${words.join(' or ')}`)
}
