import { isAtProvider, type Recorder } from '@faregate/gateway'
import type { Logger } from '../log/log.ts'
import type { Metrics } from './metrics.ts'
import type { ProviderHealth } from '../health/providers.ts'
import type { CataloguePrices } from '../snapshot/catalogue-prices.ts'

export interface Observers {
  recorder: Recorder
  metrics: Pick<Metrics, 'request'>
  health: ProviderHealth
  prices: Pick<CataloguePrices, 'called'>
  log: Pick<Logger, 'info' | 'debug' | 'isLevelEnabled'>
  /** Where a request came from. */
  addressOf: (requestId: string) => string | undefined
}

/** Hands records on, and on their way counts them, learns from them how providers fare and which models are in use, and logs what failed. */
export function observedRecorder({ recorder, metrics, health, prices, log, addressOf }: Observers): Recorder {
  return {
    request: (record) => {
      recorder.request(record)
      metrics.request(record)
      for (const attempt of record.attempts) {
        if (!isAtProvider(attempt)) continue
        health.attempt(attempt, record.at + record.latencyMs)
        prices.called(attempt, record.at)
      }
      const served = record.outcome === 'served'
      if (served && !log.isLevelEnabled('debug')) return
      const { id, path, status, outcome, denial, denialId, model, key, latencyMs } = record
      log[served ? 'debug' : 'info'](
        { request: id, address: addressOf(id), path, status, outcome, denial, denialId, model, key, latencyMs },
        'request',
      )
    },
    denial: (record) => recorder.denial(record),
  }
}
