import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openServer, type RunningServer } from '../../src/start/start.ts'

export interface Opened extends RunningServer {
  directory: string
  token: string
  /** What was printed: the start screen, then the log. */
  output(): string
  api(method: string, path: string, body?: unknown): Promise<Response>
  /** An organization with a key and 1.00 of credit. */
  customer(key?: Record<string, unknown>, credit?: string): Promise<{ organization: string; id: string; key: string }>
}

/** Writes a configuration as JSON, which is YAML, into a folder of its own that the test removes. */
export function folderWith(t: TestContext, configuration?: Record<string, unknown>): { directory: string; config?: string } {
  const directory = mkdtempSync(join(tmpdir(), 'faregate-server-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  if (configuration === undefined) return { directory }
  const config = join(directory, 'faregate.yaml')
  writeFileSync(config, JSON.stringify(configuration, null, 2))
  return { directory, config }
}

/** A whole server in this process, on a free port, closed at the end of the test. */
export async function opened(
  t: TestContext,
  configuration?: Record<string, unknown>,
  environment: NodeJS.ProcessEnv = {},
): Promise<Opened> {
  const { directory, config } = folderWith(t, configuration)
  let text = ''
  const output = { write: (piece: string) => Boolean((text += piece)) }
  const flags = { data: directory, port: 0, drainSeconds: 1, ...(config === undefined ? {} : { config }) }
  const server = await openServer(flags, environment, output)
  t.after(() => server.close())
  const token = readFileSync(join(directory, 'operator-token'), 'utf8').trim()
  const api = (method: string, path: string, body?: unknown) =>
    fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const made = async (path: string, body: unknown) => (await (await api('POST', path, body)).json()) as { id: string; key: string }
  const customer: Opened['customer'] = async (key = {}, credit = '1.00') => {
    const organization = await made('/api/organizations', { name: 'Acme' })
    const application = await made(`/api/organizations/${organization.id}/applications`, { name: 'app' })
    const created = await made(`/api/applications/${application.id}/keys`, { name: 'key', ...key })
    await made(`/api/organizations/${organization.id}/grants`, { amount: credit, reason: 'test' })
    return { organization: organization.id, id: created.id, key: created.key }
  }
  return { ...server, directory, token, output: () => text, api, customer }
}

export function chat(url: string, key: string, body: Record<string, unknown> = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }], ...body }),
  })
}
