import assert from 'node:assert/strict'
import { WEATHER } from '../../../lifecycle/test/openapi/documents.ts'
import type { Opened } from './server.ts'

/** Changes what the management API has, and insists that it could. */
export async function done(server: Opened, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await server.api(method, path, body)
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${text}`)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

/** Publishes an API with one free route. */
export async function add(server: Opened, name: string, more: Record<string, unknown> = {}): Promise<void> {
  const routes = [{ method: 'GET', path: '/{city}', free: true }]
  await done(server, 'POST', '/api/apis', { name, prefix: `/${name}`, upstream: { baseUrl: 'http://inner.example' }, routes, ...more })
}

export async function list(server: Opened, name: string, listing: Record<string, unknown>): Promise<void> {
  await done(server, 'PATCH', `/api/apis/${name}/listing`, listing)
}

const OVERRIDE = ['upstream_dead', 'unpayable']

/** Publishes the weather by its document, for everybody to see: in two releases, the second of which breaks callers. */
export async function publishWeather(server: Opened): Promise<void> {
  const upstream = { baseUrl: 'http://inner.example', header: { name: 'x-inner', value: 'inner-secret-1234' } }
  await done(server, 'PATCH', '/api/apis/weather/draft', { upstream })
  await done(server, 'POST', '/api/apis/weather/import', { document: WEATHER, price: '0.002' })
  await done(server, 'POST', '/api/apis/weather/releases', { revision: 2, note: 'the <first>', override: OVERRIDE })
  await done(server, 'POST', '/api/apis/weather/import', { document: WEATHER.replace('maximum: 7', 'maximum: 3') })
  const prices = { 'GET /status': 'free' }
  const { revision } = await done(server, 'PATCH', '/api/apis/weather/draft', { prices })
  await done(server, 'POST', '/api/apis/weather/releases', { revision, note: 'fewer days', override: OVERRIDE })
  await list(server, 'weather', { visibility: 'public', owner: 'The weather team' })
}

/** What the catalogue answers to whoever has this credential. */
export function look(
  server: Pick<Opened, 'url'>,
  path: string,
  credential?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const authorization = credential === undefined ? {} : { authorization: `Bearer ${credential}` }
  return fetch(server.url + path, { headers: { ...authorization, ...headers } })
}

/** The names that the catalogue lists. */
export async function namesOf(server: Opened, query = '', credential?: string): Promise<string[]> {
  const answer = await look(server, `/catalogue.json${query}`, credential)
  assert.equal(answer.status, 200)
  const { data } = (await answer.json()) as { data: { name: string }[] }
  return data.map(({ name }) => name)
}
