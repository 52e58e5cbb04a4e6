import type { Denied } from './denied.ts'
import type { Connection } from './options.ts'
import { isObject } from './problem.ts'
import { readDenial } from './read-denial.ts'

/** A request for a higher limit, as the gateway keeps it. */
export interface LimitRequest {
  id: string
  state: 'open' | 'approved' | 'rejected' | (string & {})
  /** What it is about, for people. */
  title: string
  /** When it was asked, and what was asked for; null: whoever decides chooses. */
  current: string
  value: string | null
  /** Null while it is open. */
  decision: { value: string | null; reason: string | null; [member: string]: unknown } | null
  /** Where the same key sees what became of it. */
  pollUrl: string
  [member: string]: unknown
}

/**
 * Asks whoever decides for more of what has refused, with the key that was refused and a reason for people; `value`: how much.
 * Asking again for the same answers the request that is open. The key goes to the address of `connection` alone. `undefined`: the
 * refusal offers nothing to ask for, or not to this key. Rejects with {@link Denied} where the gateway refuses, and as `fetch` does
 * where it is not reached.
 */
export async function requestLimit(
  denied: Denied,
  reason: string,
  connection: Connection & { value?: string | number },
): Promise<LimitRequest | undefined> {
  const about = denied.yours.find(({ action }) => action === 'request_limit')?.['body']
  if (!isObject(about)) return undefined
  const { url, key, value, fetch: sending = fetch } = connection
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (key !== undefined) headers['authorization'] = `Bearer ${key}`
  const body = JSON.stringify({ ...about, reason, ...(value === undefined ? {} : { value }) })
  const response = await sending(`${url.replace(/\/+$/, '')}/v1/limit-requests`, { method: 'POST', headers, body })
  const refused = await readDenial(response)
  if (refused !== undefined) throw refused
  return (await response.json()) as LimitRequest
}
