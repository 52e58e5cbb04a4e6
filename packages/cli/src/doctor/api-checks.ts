import { shellWord } from '@faregate/core'
import { randomUUID } from 'node:crypto'
import { placeOf } from '../place.ts'
import { behind } from '../prompt-text.ts'
import { ifAllowed, type Tested } from './asking.ts'
import type { Check, Finding } from './finding.ts'
import type { Apis, Rig } from './rig.ts'

type Api = Pick<Apis[number], 'name' | 'kind' | 'upstream' | 'upstreams' | 'prompt' | 'models' | 'managedBy'>

/** Each published API: is there an upstream behind it, or a model. */
export const apis: Check = async (rig) => {
  const known = await rig.apis()
  return Promise.all(known.map(async (api) => apiFinding(api, await tested(rig, api))))
}

/** What asking its upstreams found; `undefined`: they were not asked. */
async function tested({ client, asks }: Rig, { name }: Api): Promise<Tested | undefined> {
  return asks === 'nothing' ? undefined : ifAllowed(client.testApi({ params: { name }, body: {}, idempotencyKey: randomUUID() }))
}

/** Callers of an API without an upstream get 502, or 504, and pay nothing. */
function apiFinding({ managedBy, ...api }: Api, test: Tested | undefined): Finding {
  const { name, kind } = api
  const where = behind(api)
  const shared = { check: `API ${name}`, place: placeOf(managedBy) }
  if (test === undefined) return { ...shared, result: 'ok', detail: `${where} (not asked)` }
  if (test.ok) return { ...shared, result: 'ok', detail: `${where}: ${test.message}` }
  const model = kind === 'http' ? undefined : 'connect what serves its model, or name another'
  const what = model ?? (test.message.includes('provider_auth_failed') ? 'replace its secret' : 'start what is there, or name where it is')
  const change = managedBy.source === 'database' ? `PATCH /api/apis/${name}` : `${placeOf(managedBy)}, and restart`
  const fix = `${what} (${change}); then faregate api test ${shellWord(name)}`
  return { ...shared, result: 'failed', detail: `${where}: ${test.message}`, fix }
}
