import type { Replay } from '../server.ts'
import { BASES } from './bases.ts'
import type { Change } from './case.ts'

/** Sends the plain request of that name, changed. */
export async function ask(replay: Replay, name: string, change: Change = {}): Promise<Response> {
  const base = BASES[name]
  if (base === undefined) throw new Error(`no base is called ${name}`)
  const model = change.model ?? base.model
  const body = { ...(base.named ? { model } : {}), ...base.body, ...change.body }
  const { url, headers } = where(replay, base.path(model), name, change)
  if (change.form !== undefined) {
    const form = new FormData()
    for (const [field, value] of Object.entries(change.form)) form.append(field, field === 'file' ? new Blob([value]) : value)
    return fetch(url, { method: 'POST', headers, body: form })
  }
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: change.raw ?? JSON.stringify(body),
  })
}

function where(replay: Replay, path: string, name: string, change: Change): { url: string; headers: Record<string, string> } {
  const base = BASES[name]
  const origin = base === undefined ? replay.url : replay.origins[base.vendor]
  const headers = Object.fromEntries(Object.entries({ ...base?.headers, ...change.headers }).filter(([, value]) => value !== undefined))
  return { url: `${origin}${path}${change.query === undefined ? '' : `?${change.query}`}`, headers: headers as Record<string, string> }
}
