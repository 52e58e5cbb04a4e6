import { randomUUID } from 'node:crypto'
import { placeOf } from '../place.ts'
import { shellWord } from '../shell.ts'
import type { Check, Finding } from './finding.ts'
import type { Apis, Rig } from './rig.ts'

type Api = Pick<Apis[number], 'name' | 'upstream' | 'managedBy'>

/** Each published API: is there an upstream behind it. */
export const apis: Check = async (rig) => {
  const known = await rig.apis()
  return Promise.all(known.map(async (api) => apiFinding(api, await tested(rig, api))))
}

/** What a call of its upstream found; `undefined`: none may be made. */
async function tested({ client, mayCall }: Rig, { name }: Api): Promise<{ ok: boolean; message: string } | undefined> {
  return mayCall ? client.testApi({ params: { name }, body: {}, idempotencyKey: randomUUID() }) : undefined
}

/** Callers of an API without an upstream get 502, or 504, and pay nothing. */
function apiFinding({ name, upstream: { baseUrl }, managedBy }: Api, test: { ok: boolean; message: string } | undefined): Finding {
  const shared = { check: `API ${name}`, place: placeOf(managedBy) }
  if (test === undefined) return { ...shared, result: 'ok', detail: `${baseUrl} (not called; --calls tries it)` }
  if (test.ok) return { ...shared, result: 'ok', detail: `${baseUrl}: ${test.message}` }
  const what = test.message.includes('provider_auth_failed') ? 'replace its secret' : 'start what is there, or name where it is'
  const where = managedBy.source === 'database' ? `PATCH /api/apis/${name}` : `${placeOf(managedBy)}, and restart`
  const fix = `${what} (${where}); then faregate api test ${shellWord(name)}`
  return { ...shared, result: 'failed', detail: `${baseUrl}: ${test.message}`, fix }
}
