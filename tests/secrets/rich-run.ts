import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStream, chunk, completion, endStream, sendJson, usage } from '../support/behaviours.ts'
import { run } from '../support/cli.ts'
import { ROOT } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import type { Behaviour, Exchange, Upstream } from '../support/upstream.ts'
import { pause } from '../support/wait.ts'
import { SECRETS } from './secrets.ts'

/** What a provider says that repeats everything it was sent. */
function echo({ headers, bytes }: Exchange): string {
  return `Key ${String(headers.authorization)} may not send ${bytes.toString()}`
}

function echoing(status: number): Behaviour {
  return (exchange) => sendJson(exchange, status, { error: { message: echo(exchange), type: 'x', code: null, param: null } })
}

const STATUSES = [400, 401, 402, 403, 404, 413, 422, 429, 500, 503]

/** Everything that an upstream can answer with the caller's words, its own, and our key in it. */
const BEHAVIOURS: Record<string, Behaviour> = {
  ...Object.fromEntries(STATUSES.map((status) => [`status-${status}`, echoing(status)])),
  'error-in-200': echoing(200),
  html: (exchange) => sendJson(exchange, 200, `<html>${echo(exchange)}</html>`, { 'content-type': 'text/html' }),
  truncated: (exchange) => sendJson(exchange, 200, JSON.stringify(completion(exchange.model, usage(3, 3), SECRETS.answer)).slice(0, -5)),
  whole: (exchange) => sendJson(exchange, 200, completion(exchange.model, usage(3, 3), SECRETS.answer)),
  uncounted: (exchange) => sendJson(exchange, 200, completion(exchange.model, null, SECRETS.answer)),
  streamed: (exchange) => {
    openStream(exchange)
    exchange.response.write(chunk(exchange.model, { content: SECRETS.answer }))
    endStream(exchange, usage(3, 3))
  },
  'stream-error-first': (exchange) => {
    exchange.response.writeHead(200, { 'content-type': 'text/event-stream' })
    exchange.response.end(`data: ${JSON.stringify({ error: { message: echo(exchange) } })}\n\n`)
  },
  'stream-error-late': (exchange) => {
    openStream(exchange)
    exchange.response.write(chunk(exchange.model, { content: SECRETS.answer }))
    exchange.response.end(`data: ${JSON.stringify({ error: { message: echo(exchange) } })}\n\n`)
  },
  'stream-reset': async (exchange) => {
    openStream(exchange)
    exchange.response.write(chunk(exchange.model, { content: SECRETS.answer }))
    await pause(50)
    exchange.socket.resetAndDestroy()
  },
  silent: () => undefined,
}

export const MODELS = Object.keys(BEHAVIOURS)

export function behave(upstream: Upstream): void {
  for (const [model, behaviour] of Object.entries(BEHAVIOURS)) upstream.on(model, behaviour)
}

function messages(): unknown[] {
  return [
    { role: 'system', content: SECRETS.system },
    { role: 'user', content: [{ type: 'text', text: SECRETS.prompt }] },
  ]
}

function body(model: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const tool = { type: 'function', function: { name: 'f', description: SECRETS.tool, parameters: { type: 'object' } } }
  return { model, max_tokens: 20, messages: messages(), tools: [tool], metadata: { note: SECRETS.metadata }, ...more }
}

/** Every way of calling, well and badly. */
export async function callEverything(gateway: Gateway, customer: Customer, answers: Answer[]): Promise<void> {
  for (const model of MODELS.filter((name) => name !== 'silent')) {
    answers.push(await gateway.chat(customer.key, body(model, { stream: /stream/.test(model) })))
  }
  await gateway.chat(customer.key, body('silent'), { signal: AbortSignal.timeout(200), fresh: true }).catch(() => undefined)
  answers.push(await gateway.chat(customer.key, body('unknown-model')))
  answers.push(await gateway.chat(customer.key, body('whole', { max_tokens: 100_000_000 })))
  answers.push(await gateway.chat(customer.key, body('whole', { n: 'many' })))
  answers.push(await gateway.chat(customer.key, JSON.stringify(body('whole')).slice(0, -3)))
  answers.push(await gateway.chat(customer.key, Buffer.concat([Buffer.from(JSON.stringify(body('whole'))), Buffer.from([0xff])])))
  for (const wrong of [SECRETS.strangersKey, SECRETS.mistypedKey, gateway.token, customer.key.slice(0, -1), 'Basic x'])
    answers.push(await gateway.chat(wrong, body('whole')))
  for (const path of ['/v1/models', '/v1/key', '/v1/models/whole', '/nowhere', '/v1/v1/models', '/healthz', '/readyz', '/metrics', '/']) {
    answers.push(await send(gateway.url + path, { headers: { authorization: `Bearer ${customer.key}` } }))
    answers.push(await send(`${gateway.url}${path}?key=${customer.key}`))
  }
  answers.push(await send(`${gateway.url}/v1/explain`, { body: body('whole'), headers: { 'x-api-key': customer.key } }))
}

/** Every way of managing, well and badly: what is sent with a secret in it, and everything that can be read. */
export async function manageEverything({ api }: Gateway, customer: Customer, answers: Answer[]): Promise<void> {
  const call = async (method: string, path: string, sent?: unknown, headers?: Record<string, string>): Promise<void> => {
    const answer = await api.call(method, path, sent, headers)
    // A key and a token are shown in the answer that makes them, and nowhere else.
    if (!/\/(keys|tokens)$/.test(path) || answer.status !== 201 || answer.headers['idempotent-replayed'] === 'true') answers.push(answer)
  }
  const provider = { name: 'made', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' }
  for (let i = 0; i < 2; i++) {
    await call('POST', '/api/providers', { ...provider, apiKey: SECRETS.madeKey }, { 'idempotency-key': 'made' })
    await call('POST', `/api/applications/${customer.application}/keys`, { name: 'again' }, { 'idempotency-key': 'key' })
    await call('POST', '/api/tokens', { name: 'reader', permissions: ['providers:read'] }, { 'idempotency-key': 'token' })
  }
  await call('PATCH', '/api/providers/made', { apiKey: SECRETS.rotatedKey })
  await call('POST', '/api/providers/made/test', {})
  await call('POST', '/api/providers/fake/test', {})
  await call('POST', '/api/providers', { ...provider, name: 'wrong kind', apiKey: SECRETS.refusedKey })
  await call('POST', '/api/providers', { ...provider, name: 'x', keys: [{ key: SECRETS.refusedKey, weight: -1 }] })
  await call('POST', '/api/providers', { ...provider, name: 'y', kind: 'nobody', apiKey: SECRETS.refusedKey, more: SECRETS.refusedKey })
  await call('PATCH', '/api/providers/fake', { apiKey: SECRETS.refusedKey })
  await call('PATCH', '/api/providers/made', { apiKey: [SECRETS.refusedKey] })
  await brokenManagement(api.url, api.token, answers)
  const requests = await api.records()
  const denials = (json(await api.call('GET', '/api/denials?limit=500'))['data'] ?? []) as { id: string }[]
  for (const id of [...requests.map((record) => record.id), ...denials.map((denial) => denial.id)]) await call('GET', `/api/diagnose/${id}`)
  for (const { id } of requests) await call('GET', `/api/requests/${id}`)
  for (const { id } of denials) {
    await call('GET', `/api/denials/${id}`)
    answers.push(await send(`${api.url}/denials/${id}`, { headers: { authorization: `Bearer ${api.token}`, accept: 'application/json' } }))
  }
  for (const path of [
    'providers',
    'models',
    'prices',
    'settings',
    'instance',
    'keys',
    'tokens',
    'audit',
    'export',
    'usage',
    'openapi.json',
    'ledger/entries',
    'ledger/verify',
    'audit/verify',
  ])
    await call('GET', `/api/${path}`)
  await call('DELETE', '/api/providers/made')
  await call('GET', '/api/audit?limit=500')
}

/** JSON that is broken right after a secret: what says where must not quote it. */
async function brokenManagement(url: string, token: string, answers: Answer[]): Promise<void> {
  for (const end of ['"', '",', '"}}', '\n"}', '"} x']) {
    const sent = `{"name":"x","kind":"openai-compatible","apiKey":"${SECRETS.refusedKey}${end}`
    answers.push(await send(`${url}/api/providers`, { body: sent, headers: { authorization: `Bearer ${token}` } }))
  }
}

/** The command line, and what it prints. */
export async function commandEverything(gateway: Gateway, ids: string[]): Promise<string[]> {
  const printed: string[] = []
  const command = async (...args: string[]): Promise<void> => {
    const connection = { FAREGATE_URL: gateway.url, FAREGATE_TOKEN: gateway.token }
    const { stdout, stderr } = await run(process.execPath, [join(ROOT, 'bin/faregate.mjs'), ...args], {
      cwd: gateway.data,
      env: connection,
    })
    printed.push(`$ faregate ${args.join(' ')}\n${stdout}${stderr}`)
  }
  for (const args of [
    ['provider', 'list'],
    ['export'],
    ['doctor'],
    ['requests'],
    ['key', 'list'],
    ['token', 'list'],
    ['backup', 'copy.sqlite'],
    ['check'],
  ])
    await command(...args)
  for (const id of ids) await command('diagnose', id)
  const broken = join(gateway.data, 'broken.yaml')
  for (const line of [`apiKey: ${SECRETS.refusedKey} : x`, `apiKey: [${SECRETS.refusedKey}]`, `apikey: ${SECRETS.refusedKey}`]) {
    writeFileSync(broken, `providers:\n  - name: a\n    kind: openai\n    ${line}\n`)
    await command('check', '--config', 'broken.yaml')
  }
  writeFileSync(broken, '')
  appendFileSync(broken, '# emptied: what it held is the test’s own\n')
  return printed
}
