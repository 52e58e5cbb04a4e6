import { startGateway } from './gateway.ts'
import type { Gateway, GatewayOptions } from './gateway.ts'
import { eventually } from './wait.ts'
import assert from 'node:assert/strict'

const CLOCK = new URL('jumping-clock.ts', import.meta.url)

/** Noon of the first day of the month that comes: its months are those of the database's own clock, too. */
export function nextMonth(from = new Date()): Date {
  return new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1, 12))
}

/** A gateway whose clock is right, until SIGUSR2 takes it to some other time. */
export function startJumping(options: GatewayOptions, to = nextMonth()): Promise<Gateway> {
  const env = { NODE_OPTIONS: `--import=${CLOCK.href}`, CLOCK_BEGINS: new Date().toISOString(), CLOCK_JUMPS_TO: to.toISOString() }
  return startGateway({ ...options, env: { ...options.env, ...env } })
}

export interface InvoiceShown {
  number: string
  state: string
  total: string
  due: string
  open: string
  issuedAt: string
  dueAt: string | null
  [member: string]: unknown
}

/** The invoices of an organization, once there are as many, from new to old. */
export function invoicesOf({ api }: Gateway, organization: string, count = 1): Promise<InvoiceShown[]> {
  return eventually(async () => {
    const { data } = await api.expect<{ data: InvoiceShown[] }>(200, 'GET', `/api/organizations/${organization}/invoices`)
    assert.equal(data.length, count)
    return data
  }, 20_000)
}
