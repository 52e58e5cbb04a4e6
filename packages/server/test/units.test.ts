import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { opened } from './support/server.ts'
import { upstream } from './support/upstream.ts'

interface Answer {
  type: string
  text: string
}

/** Sends what is said as a caller of a model with this price, whose upstream always answers the same. */
async function caller(
  t: TestContext,
  price: Record<string, string>,
  { type, text }: Answer,
): Promise<(path: string, body?: unknown) => Promise<Response>> {
  const up = await upstream(t, (response) => {
    response.setHeader('content-type', type)
    response.end(text)
  })
  const server = await opened(t, {
    providers: [{ name: 'up', kind: 'openai-compatible', baseUrl: up.url, apiKey: 'sk-up' }],
    models: { m: { deployments: [{ provider: 'up', model: 'm' }], price } },
  })
  const { key } = await server.customer({}, '10.00')
  const authorization = `Bearer ${key}`
  return async (path, body) => {
    if (body === undefined) return fetch(server.url + path, { headers: { authorization } })
    if (body instanceof FormData) return fetch(server.url + path, { method: 'POST', headers: { authorization }, body })
    return fetch(server.url + path, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }
}

/** What is held for a call at this price, and what it costs. */
async function measure(
  t: TestContext,
  price: Record<string, string>,
  path: string,
  body: object,
  answer: object,
): Promise<{ hold: string; cost: string | null }> {
  const call = await caller(t, price, { type: 'application/json', text: JSON.stringify(answer) })
  const { hold } = (await (await call('/v1/explain', { ...body, path })).json()) as { hold: string }
  return { hold, cost: (await call(path, body)).headers.get('faregate-cost') }
}

/** What a call at this price took from the balance. */
async function spent(t: TestContext, price: Record<string, string>, path: string, body: unknown, answer: Answer): Promise<number> {
  const call = await caller(t, price, answer)
  const response = await call(path, body)
  assert.equal(response.status, 200, await response.text())
  const { balance } = (await (await call('/v1/key')).json()) as { balance: { used: string } }
  return Number(balance.used)
}

test('the price of an image is held and charged for each that is made', async (t) => {
  const body = { model: 'm', prompt: 'an otter', n: 3 }
  const answer = { created: 1, data: [{ b64_json: 'A' }, { b64_json: 'B' }] }
  assert.deepEqual(await measure(t, { image: '40000' }, '/v1/images/generations', body, answer), { hold: '0.12', cost: '0.08' })
  assert.deepEqual(await measure(t, { image: '20000' }, '/v1/images/generations', body, answer), { hold: '0.06', cost: '0.04' })
})

test('the price of a search is held for what a ranking can take, and charged for what it took', async (t) => {
  const body = { model: 'm', query: 'q', documents: Array.from({ length: 150 }, () => 'd') }
  const answer = { results: [], meta: { billed_units: { search_units: 1 } } }
  assert.deepEqual(await measure(t, { search: '2000' }, '/v1/rerank', body, answer), { hold: '0.004', cost: '0.002' })
})

test('the price of a character is charged for each that is spoken', async (t) => {
  const body = { model: 'm', input: 'x'.repeat(1_000), voice: 'alloy' }
  assert.equal(await spent(t, { character: '15' }, '/v1/audio/speech', body, { type: 'audio/mpeg', text: 'x'.repeat(2_000) }), 0.015)
})

test('the price of a second is charged for each of the audio', async (t) => {
  const form = new FormData()
  form.append('model', 'm')
  form.append('file', new Blob([new Uint8Array(30_000)]), 'speech.bin')
  const text = JSON.stringify({ text: 'Hi', usage: { type: 'duration', seconds: 30 } })
  assert.equal(await spent(t, { second: '100' }, '/v1/audio/transcriptions', form, { type: 'application/json', text }), 0.003)
})
