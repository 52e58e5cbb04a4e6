import { corrupt } from './bytes.ts'
import { oddRequest, plainRequest } from './heads.ts'
import { mutate, tree, write } from './json-tree.ts'
import { ODD_SCALARS } from './odd.ts'
import { Seeded } from './random.ts'
import { requestBody, validRequest } from './requests.ts'

/** What of an input is fuzzed: the body, the upstream's answer, the HTTP around the body, or a management call. */
export type Kind = 'body' | 'answer' | 'head' | 'management'

export const MODEL_OF: Record<Exclude<Kind, 'management'>, string> = { body: 'exact', answer: 'odd', head: 'headed' }

export interface Input {
  number: number
  kind: Kind
  /** The model that the input's own key may call. */
  model: string
  bytes: Buffer
  /** The upstream's choices. */
  random: Seeded
}

/** Who sends: each lane has keys and models of its own, so that a call tells which input caused it. */
export interface Sender {
  lane: number
  keys: Record<Exclude<Kind, 'management'>, string>
  token: string
  /** Ids that management calls may use. */
  ids: string[]
}

/** The input of a number: the same for the same seed, whoever sends it. */
export function inputOf(seed: number, number: number, sender: Sender): Input {
  const random = new Seeded(Math.imul(seed, 0x9e3779b1) + number)
  const kind = random.weighted<Kind>([
    [45, 'body'],
    [30, 'answer'],
    [20, 'head'],
    [5, 'management'],
  ])
  const model = kind === 'management' ? '' : `${MODEL_OF[kind]}-${sender.lane}`
  return { number, kind, model, bytes: bytesOf(random, kind, model, sender), random }
}

function bytesOf(random: Seeded, kind: Kind, model: string, sender: Sender): Buffer {
  switch (kind) {
    case 'body':
      return call(sender.keys.body, requestBody(random, model))
    case 'answer':
      return call(sender.keys.answer, Buffer.from(write(validRequest(random, model))))
    case 'head':
      return oddRequest(random, sender.keys.head, Buffer.from(write(validRequest(random, model))))
    case 'management':
      return managementCall(random, sender)
  }
}

function call(key: string, body: Buffer): Buffer {
  return plainRequest('POST', '/v1/chat/completions', [['authorization', `Bearer ${key}`]], body)
}

/** Calls of the management API and one valid body for each. What they make is theirs alone. */
const MANAGEMENT: [method: string, path: string, body?: unknown][] = [
  ['GET', '/api/organizations?limit=5'],
  ['POST', '/api/organizations', { name: 'fuzz', currency: 'USD' }],
  ['GET', '/api/organizations/ID'],
  ['GET', '/api/organizations/ID/balance'],
  ['GET', '/api/organizations/ID/grants?limit=5'],
  ['POST', '/api/organizations/ID/grants', { amount: '0.01', reason: 'fuzz', priority: 5, expiresAt: '2999-01-01T00:00:00Z' }],
  ['POST', '/api/organizations/ID/applications', { name: 'fuzz' }],
  ['GET', '/api/applications/ID'],
  ['POST', '/api/applications/ID/keys', { name: 'fuzz', models: ['exact-0'], cap: { amount: '1.00', period: 'day' }, scopes: [] }],
  ['GET', '/api/keys?limit=5'],
  ['PATCH', '/api/keys/ID', { enabled: true, cap: { amount: '2.00', period: 'month' } }],
  ['GET', '/api/requests?limit=5&from=2020-01-01T00:00:00Z'],
  ['GET', '/api/requests/ID'],
  ['POST', '/api/requests/ID/refund', { reason: 'fuzz', amount: '0.000000001' }],
  ['GET', '/api/usage?groupBy=model&from=2020-01-01T00:00:00Z'],
  ['GET', '/api/denials?groupBy=code'],
  ['GET', '/api/denials/ID'],
  ['GET', '/api/diagnose/ID'],
  ['POST', '/api/prices', { provider: 'fuzz', model: 'nobody-calls-this', price: { input: '1', output: '2' } }],
  ['POST', '/api/models', { name: 'fuzz-made', deployments: [{ provider: 'fuzz', model: 'x', weight: 1 }] }],
  ['POST', '/api/providers', { name: 'fuzz-made', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'sk-fuzz' }],
  ['PATCH', '/api/providers/fuzz', { apiKey: 'sk-other' }],
  ['GET', '/api/audit?limit=5'],
  ['GET', '/api/settings'],
  ['GET', '/api/instance'],
]

function managementCall(random: Seeded, { token, ids }: Sender): Buffer {
  const [method, path, body] = random.pick(MANAGEMENT)
  const id = random.chance(0.7) ? random.pick(ids) : encodeURIComponent(random.pick(ODD_SCALARS))
  const target = oddQuery(random, path.replace('ID', id))
  const headers: [string, string][] = [['authorization', `Bearer ${token}`]]
  if (random.chance(0.1)) headers.push(['idempotency-key', random.pick(['a', 'b', '\xff', 'x'.repeat(500)])])
  if (body === undefined) return plainRequest(method, target, headers, Buffer.alloc(0))
  const node = tree(body)
  if (random.chance(0.8)) mutate(random, node)
  const bytes = Buffer.from(write(node))
  return plainRequest(method, target, headers, random.chance(0.2) ? corrupt(random, bytes) : bytes)
}

function oddQuery(random: Seeded, target: string): string {
  if (!random.chance(0.3)) return target
  const name = random.pick(['limit', 'cursor', 'from', 'to', 'groupBy', 'organization', 'key', 'x', 'model'])
  const value = encodeURIComponent(random.pick(ODD_SCALARS).replace(/^"|"$/g, ''))
  return `${target}${target.includes('?') ? '&' : '?'}${name}=${value}`
}
