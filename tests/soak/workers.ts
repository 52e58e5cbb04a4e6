import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { say } from '../support/config.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import type { Usage } from '../support/auditor.ts'
import { pause } from '../support/wait.ts'
import type { Seeded } from '../fuzz/random.ts'
import { newBooks, noteWhole } from './books.ts'
import type { Books } from './books.ts'

/** One sort of load: its own customer, its own books, and one round of what it does. */
export interface Worker {
  name: string
  customer: Customer
  books: Books
  /** Models that its calls go to, as the upstream calls them. */
  models: string[]
  /** How many of it run side by side, and how long each rests between rounds. */
  lanes: number
  restMs: number
  round: (gateway: Gateway, random: Seeded) => Promise<void>
  /** Every call is answered whole: what is charged is exactly what callers got. */
  exact: boolean
}

type Round = (worker: Worker, gateway: Gateway, random: Seeded) => Promise<void>

/** Notes what a caller got whole; an answer that is not is worth nothing here. */
function whole(worker: Worker, answer: Answer, streaming: boolean): boolean {
  if (answer.status !== 200 || !answer.complete) return false
  const told = streaming ? chatStream(answer.body) : undefined
  if (told !== undefined && (told.done !== 1 || told.error !== undefined)) return false
  const usage = told === undefined ? json(answer)['usage'] : told.usage.at(-1)
  // Of a stream whose usage was not told the words are what there is.
  if (told !== undefined && usage === undefined) return false
  noteWhole(worker.books, usage as Usage)
  return true
}

function body(model: string, stream: boolean): Record<string, unknown> {
  return { model, max_tokens: 20, messages: say(), ...(stream ? { stream, stream_options: { include_usage: true } } : {}) }
}

const served: Round = async (worker, gateway, random) => {
  const stream = random.chance(0.5)
  const answer = await gateway.chat(worker.customer.key, body(worker.models[0] ?? '', stream))
  assert.ok(whole(worker, answer, stream), `${worker.name}: ${answer.status} ${answer.text.slice(0, 500)}`)
}

const aborted: Round = async (worker, gateway, random) => {
  const stream = random.chance(0.5)
  const signal = AbortSignal.timeout(random.between(1, 250))
  const answer = await gateway
    .chat(worker.customer.key, body(worker.models[0] ?? '', stream), { signal, fresh: true })
    .catch(() => undefined)
  if (answer !== undefined) whole(worker, answer, stream)
}

const faulty: Round = async (worker, gateway, random) => {
  const stream = random.chance(0.5)
  const answer = await gateway.chat(worker.customer.key, body(worker.models[0] ?? '', stream))
  assert.ok(answer.status === 200 || answer.status >= 500, `${worker.name}: ${answer.status} ${answer.text.slice(0, 500)}`)
  assert.doesNotMatch(answer.text, /gateway_misconfigured|ledger_unavailable/)
  // Usage that cannot be true is passed on, and charged by our own count.
  if (!answer.text.includes('-1')) whole(worker, answer, stream)
}

/** Reads a stream a few bytes at a time, and leaves some of them in the middle. */
const slowly: Round = async (worker, gateway, random) => {
  const text = JSON.stringify(body(worker.models[0] ?? '', true))
  const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' })
  socket.on('error', () => undefined)
  const ended = new Promise((resolve) => socket.on('close', resolve))
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${worker.customer.key}\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  )
  for (let i = random.between(1, 40); i > 0 && !socket.destroyed; i--) {
    socket.resume()
    await pause(random.between(1, 5))
    socket.pause()
    await pause(random.between(5, 50))
  }
  if (random.chance(0.5)) socket.destroy()
  else socket.resume()
  await ended
}

/** A key that lives for one call: made, used, switched off, refused, deleted. */
const churning: Round = async (worker, gateway, random) => {
  const { api } = gateway
  const { id, key } = await api.key(worker.customer.application, { cap: { amount: '1.00', period: 'day' } })
  assert.ok(whole(worker, await gateway.chat(key, body(worker.models[0] ?? '', false)), false))
  await api.expect(200, 'PATCH', `/api/keys/${id}`, { enabled: false })
  assert.equal((await gateway.chat(key, body(worker.models[0] ?? '', false))).status, 401)
  if (random.chance(0.9)) await api.expect(204, 'DELETE', `/api/keys/${id}`)
}

/** A wallet that is as good as empty: each call is refused or served, and topped up now and then. */
const poor: Round = async (worker, gateway, random) => {
  const stream = random.chance(0.5)
  const answer = await gateway.chat(worker.customer.key, body(worker.models[0] ?? '', stream))
  assert.ok([200, 402, 429].includes(answer.status), answer.text.slice(0, 500))
  if (answer.status === 402) await gateway.api.grant(worker.customer.organization, '0.05')
  else whole(worker, answer, stream)
}

let made = 0

/** Models, providers, prices and settings come and go; the calls of others go on. */
const configuring: Round = async (_worker, { api }, random) => {
  const name = `passing-${made++}`
  await api.expect(201, 'POST', '/api/providers', {
    name,
    kind: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:9/v1',
    apiKey: `sk-${name}-key`,
  })
  await api.expect(201, 'POST', '/api/models', { name, deployments: [{ provider: name, model: 'x' }], price: { input: '1', output: '2' } })
  await api.expect(200, 'PATCH', '/api/settings', { sliceTokens: random.between(4, 64), maxOutputWhenAbsent: random.between(100, 1_000) })
  await api.expect(200, 'PATCH', `/api/providers/${name}`, { apiKey: `sk-${name}-other` })
  await api.expect(204, 'DELETE', `/api/models/${name}`)
  await api.expect(204, 'DELETE', `/api/providers/${name}`)
}

/** What looks at everything: lists, sums, exports, metrics, pages. */
const looking: Round = async ({ customer }, { api }, random) => {
  const path = random.pick([
    '/api/requests?limit=20',
    '/api/usage?groupBy=model',
    '/api/denials?groupBy=code',
    '/api/audit?limit=20',
    '/api/export',
    '/api/keys',
  ])
  await api.expect(200, 'GET', path)
  assert.equal(
    (await send(api.url + random.pick(['/metrics', '/healthz', '/', '/v1/models']), { headers: { 'x-api-key': customer.key } })).status,
    200,
  )
}

/** Requests that are none: bodies that are broken, heads that never end, keys that nobody has. */
const broken: Round = async ({ customer }, gateway, random) => {
  const answer = await gateway.chat(
    random.chance(0.5) ? customer.key : 'fg_nobody',
    random.pick(['{"model":', '', '[]', 'x'.repeat(100_000)]),
  )
  assert.ok([400, 401].includes(answer.status), answer.text.slice(0, 300))
  const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' })
  socket.on('error', () => undefined)
  socket.write(
    random.pick([
      'GET / HTTP/1.1\r\nhost: x\r\n',
      'NOISE\r\n\r\n',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{',
    ]),
  )
  await pause(random.between(10, 300))
  socket.destroy()
}

const SORTS: [name: string, round: Round, more: Partial<Pick<Worker, 'lanes' | 'restMs' | 'models' | 'exact'>> & { credit?: string }][] = [
  ['steady', served, { lanes: 8, exact: true }],
  ['fallback', served, { lanes: 2, models: ['fallback', 'first', 'second'], exact: true }],
  ['aborting', aborted, { lanes: 8 }],
  ['faulty', faulty, { lanes: 5 }],
  ['slow', slowly, { lanes: 3 }],
  ['churning', churning, { restMs: 300, exact: true }],
  ['poor', poor, { lanes: 2, credit: '0.05' }],
  ['configuring', configuring, { restMs: 1_000 }],
  ['looking', looking, { restMs: 1_000 }],
  ['broken', broken, { lanes: 2, restMs: 200 }],
]

export const SORT_NAMES = SORTS.map(([name]) => name)

/** The workers, each with a customer of its own. */
export async function hire(gateway: Gateway): Promise<Worker[]> {
  const workers: Worker[] = []
  for (const [name, round, { credit = '100000', lanes = 1, restMs = 40, models = [name], exact = false }] of SORTS) {
    const worker: Worker = {
      name,
      customer: await gateway.customer(credit, {}, name),
      books: newBooks(),
      models,
      lanes,
      restMs,
      exact,
      round: (at, random) => round(worker, at, random),
    }
    workers.push(worker)
  }
  return workers
}
