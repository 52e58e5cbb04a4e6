import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  anthropic,
  cohere,
  gemini,
  geminiArray,
  ollama,
  openaiChat,
  openaiCompletions,
  openaiResponses,
  type CallerSide,
} from '../../wire/src/index.ts'
import { createFetch, Denied, denialInEvent, eventsOf, readDenial } from '../src/index.ts'
import { answering, problemOf, refusing, startLoopback, TOO_LITTLE, type Loopback } from './server.ts'

const DIALECTS: Record<string, CallerSide> = { openaiChat, openaiCompletions, openaiResponses, anthropic, gemini, cohere, ollama }

/** An event with everything that a splitter could trip over, in each framing. */
const PIECE = { piece: '}"{\\' }
const FIRST: [type: string, text: string][] = [
  ['text/event-stream', `: comment\r\ndata: ${JSON.stringify(PIECE)}\r\n\r\n`],
  ['application/x-ndjson', `${JSON.stringify(PIECE)}\n`],
  ['application/json', `[${JSON.stringify(PIECE, null, 2)}\n`],
]

async function deniedBy(promise: Promise<unknown>): Promise<Denied> {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Denied, String(error))
  return error
}

describe('the envelopes', () => {
  let server: Loopback
  before(async () => {
    server = await startLoopback()
  })
  after(() => server.close())

  for (const [name, dialect] of [...Object.entries(DIALECTS), ['plain problem', undefined] as const]) {
    test(`a refusal in that of ${name} is the same typed error`, async () => {
      server.replies.splice(
        0,
        9,
        refusing(TOO_LITTLE, (problem) => dialect?.errorBody(problem) ?? problem),
      )
      const denied = await deniedBy(createFetch({ url: server.url })('/v1/anything', { method: 'POST', body: '{}' }))
      assert.ok(denied.is('insufficient_balance'))
      assert.deepEqual([denied.code, denied.status, denied.problem.limit.shortfall], ['insufficient_balance', 402, '0.04'])
      assert.deepEqual([denied.denialId, denied.requestId, denied.charged, denied.inStream], ['dn_01J', 'req_01J', false, false])
      assert.deepEqual(
        denied.yours.map(({ action }) => action),
        ['lower_max_tokens'],
      )
      assert.match(
        denied.message,
        /^insufficient_balance: Acme's balance .+ Fix: faregate grant org_acme 5\.00 \(operator\), or lower max tokens to 812 \(you can\)\.$/,
      )
    })
  }

  for (const [name, dialect] of Object.entries({ ...DIALECTS, geminiArray })) {
    test(`a stream of ${name} that the gateway ends in error gives what was delivered, then throws`, async () => {
      const problem = problemOf({ code: 'stream_funds_exhausted', detail: 'The balance ended.', charged: '0.02', deliveredTokens: 7 })
      const line = FIRST.find(([type]) => dialect.streamType.startsWith(type))?.[1]
      server.replies.splice(0, 9, (response) => {
        response.writeHead(200, { 'content-type': dialect.streamType })
        response.write(line)
        response.end(dialect.errorEvent(problem, { id: 'id', model: 'm' }))
      })
      const seen: unknown[] = []
      const reading = async (): Promise<void> => {
        const response = await createFetch({ url: server.url })('/v1/anything')
        for await (const event of eventsOf(response)) seen.push(event)
      }
      const denied = await deniedBy(reading())
      assert.deepEqual(seen, [PIECE])
      assert.deepEqual([denied.code, denied.charged, denied.inStream], ['stream_funds_exhausted', '0.02', true])
    })
  }

  test('a body of the provider, passed on, is known by its header', async () => {
    server.replies.splice(
      0,
      9,
      refusing({ code: 'provider_rejected', detail: '' }, () => ({ error: { message: 'No such tool' } }), 422),
    )
    const denied = await deniedBy(createFetch({ url: server.url })('/v1/anything'))
    assert.deepEqual([denied.code, denied.status, denied.problem.detail], ['provider_rejected', 422, 'No such tool'])
    server.replies.splice(
      0,
      9,
      refusing({ code: 'provider_rejected', detail: '' }, () => 'text', 400),
    )
    assert.equal((await deniedBy(createFetch({ url: server.url })('/v1/anything'))).problem.detail, 'Rejected by the provider.')
  })

  test('an error of somebody else is returned as it is, and can be read', async () => {
    server.replies.splice(0, 9, answering({ error: { message: 'not ours' } }, 503))
    const response = await createFetch({ url: server.url })('/v1/anything')
    assert.deepEqual([response.status, await response.json()], [503, { error: { message: 'not ours' } }])
    assert.equal(await readDenial(new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } })), undefined)
    assert.equal(await readDenial(new Response('{"code":"x","denialId":"dn_1","detail":"quoted"}')), undefined, 'a success is no refusal')
  })

  test('an event that is no refusal is none', () => {
    for (const event of ['', '[DONE]', '{"choices":[]}', { error: 'text' }, { error: { message: 'of the upstream' } }, null, 7])
      assert.equal(denialInEvent(event), undefined)
  })
})
