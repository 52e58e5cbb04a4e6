import type { RequestRecord } from '@faregate/gateway/record'

/** A served request's record. */
export function requestRecord(id: string, more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id,
    at: Date.UTC(2026, 10, 22, 13),
    organization: 'org_1',
    application: 'app_1',
    key: 'key_1',
    user: null,
    tags: null,
    path: '/v1/chat/completions',
    model: 'm',
    api: null,
    route: null,
    release: null,
    stream: false,
    outcome: 'served',
    denial: null,
    denialId: null,
    status: 200,
    cost: 25n,
    providerCost: null,
    priceVersion: 'v',
    estimated: false,
    flags: [],
    delivery: 'confirmed',
    clamped: null,
    latencyMs: 12.4,
    ttftMs: null,
    attempts: [
      { provider: 'a', model: 'm', status: 500, outcome: 'failed', error: 'provider_error', buckets: {}, latencyMs: 1, ttftMs: null },
      {
        provider: 'b',
        model: 'm',
        status: 200,
        outcome: 'served',
        error: null,
        buckets: { input: 10, output: 0 },
        latencyMs: 2,
        ttftMs: 1,
      },
    ],
    ...more,
  }
}
