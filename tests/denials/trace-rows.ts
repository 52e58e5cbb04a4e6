import type { Customer } from '../support/gateway.ts'

/** A row of a trace. */
export type Row = [check: string, result: string, facts: Record<string, unknown>]

/** Versions count every change of the world: that there is one is said. */
export const VERSION = 'the version'

export const CALLED: Row = ['route', 'ok', { method: 'POST', path: '/v1/chat/completions' }]
export const FROM_BALANCE: Row = ['subscription', 'ok', { served: 'from the balance' }]
export const NO_LIMIT: Row = ['limit', 'skipped', { why: 'there is none' }]

/** A key that works. */
export function identified({ keyId, application, organization }: Customer): Row[] {
  return [
    ['credential', 'ok', { key: keyId, application, organization }],
    ['key', 'ok', { state: 'active', expiresAt: null }],
  ]
}

/** A key that may do everything. */
export function permitted({ organization }: Customer, model: string): Row[] {
  return [
    ['standing', 'ok', { organization, suspended: null }],
    ['scope', 'ok', { required: 'models', granted: 'all' }],
    ['address', 'ok', { required: '127.0.0.1', granted: 'all' }],
    ['model', 'ok', { required: model, granted: 'all' }],
  ]
}

/** What a call of a model has passed before plans are looked at. */
export function admitted(customer: Customer, model = 'plain'): Row[] {
  return [
    CALLED,
    ...identified(customer),
    ['request', 'ok', { model, stream: false, outputLimit: 10 }],
    ['configuration', 'ok', { model, deployments: 1, version: VERSION }],
    ...permitted(customer, model),
  ]
}

export function walletOf({ organization }: Customer): Record<string, unknown> {
  return { account: `wallet:${organization}`, unit: 'USD' }
}
