import type { Handlers } from '../call.ts'
import { exportYaml } from '../export.ts'
import { presentProvider } from '../present/configuration.ts'
import { timeText } from '../present/time.ts'

export const instance: Handlers<'getInstance' | 'exportConfiguration'> = {
  async getInstance({ deps }) {
    const { version, providers, models } = deps.snapshot()
    const { 'billing.topUpUrl': topUpUrl, 'billing.contact': contact } = deps.settings()
    return {
      version: deps.version,
      startedAt: timeText(deps.startedAt),
      uptimeSeconds: Math.floor((deps.clock.now() - deps.startedAt) / 1000),
      publicUrl: deps.publicUrl(),
      currency: deps.currency,
      clientCertificates: deps.clientCertificates ?? null,
      billing: { topUpUrl: topUpUrl.value ?? null, contact: contact.value ?? null, rail: deps.rail?.name ?? null },
      configurationVersion: version,
      models: models.size,
      providers: [...providers.values()].map((entry) => presentProvider(deps, entry)),
      ledgerQueue: deps.ledger.depth,
    }
  },

  async exportConfiguration({ deps }) {
    const { read } = deps.store
    const [providers, models, apis, prices, settings] = await Promise.all([
      read.providers.list(),
      read.models.list(),
      read.apis.list(),
      read.prices.list(),
      read.settings.stored(),
    ])
    return { yaml: exportYaml({ providers, models, apis, prices, settings }) }
  },
}
