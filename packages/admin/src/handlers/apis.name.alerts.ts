import { alertStandings, type AlertStanding } from '../api-alerts.ts'
import type { Call, Context, Handlers } from '../call.ts'
import { change } from '../change.ts'
import { wholeList } from '../paging.ts'
import { found } from '../refusal.ts'

export const apisNameAlerts: Handlers<'listApiAlerts' | 'setApiAlerts'> = {
  async listApiAlerts(call) {
    const { apiAlerts } = call.deps.store.read
    const name = await published(call)
    return shown(call, name, await apiAlerts.get(name))
  },

  async setApiAlerts(call) {
    const name = await published(call)
    const { alerts } = call.body
    const answer = await shown(call, name, alerts)
    return change(call, async (trx) => {
      const before = await trx.apiAlerts.get(name)
      await trx.putApiAlerts(name, alerts)
      return { event: { action: 'api.alerts', subject: name, organization: null, before, after: alerts }, answer }
    })
  },
}

/** The name, if such an API is published, by the database or the configuration file. */
async function published({ deps, params: { name } }: Pick<Call<'listApiAlerts'>, 'deps' | 'params'>): Promise<string> {
  const known = deps.snapshot().apis.has(name) || (await deps.store.read.apis.get(name)) !== undefined
  return found(known ? name : undefined, 'API', name)
}

async function shown({ deps }: Context, name: string, alerts: Call<'setApiAlerts'>['body']['alerts']) {
  await deps.flushed()
  return wholeList((await alertStandings(deps.store.read.apiUsage, name, alerts, deps.clock.now())).map(present))
}

function present({ alert, value, holds }: AlertStanding) {
  return { ...alert, value, holds }
}
