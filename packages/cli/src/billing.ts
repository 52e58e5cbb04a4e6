import { parseDecimal } from '@faregate/core'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { UsageError, type Option, type Options } from './command.ts'
import { linesOf } from './parse.ts'

type Body = RouteInput<Routes['updateOrganization']>['body']
type Organization = RouteOutput<Routes['getOrganization']>

/** How an organization is billed, and what stands on its invoices. */
export const BILLING_OPTIONS: Option[] = [
  { flags: '--arrears <limit>', summary: 'invoice it after each month; its calls may take the balance this far below zero' },
  { flags: '--bill-name <name>', summary: 'name on its invoices (its own)' },
  { flags: '--bill-address <address>', summary: 'address on its invoices; \\n begins a line' },
  { flags: '--tax-number <number>', summary: 'its tax number on its invoices' },
]

/** What was given of them. @throws UsageError */
export function billingOf(options: Options): Pick<Body, 'billing' | 'billTo'> {
  const limit = options.text('arrears')
  if (limit !== undefined && options.is('prepaid')) throw new UsageError('give --arrears or --prepaid, not both')
  if (limit !== undefined && parseDecimal(limit) === undefined)
    throw new UsageError(`--arrears is "${limit}": write a decimal, like 500.00`)
  const [name, address, taxNumber] = [options.text('billName'), options.text('billAddress'), options.text('taxNumber')]
  const billTo = {
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address: linesOf(address) }),
    ...(taxNumber === undefined ? {} : { taxNumber }),
  }
  return {
    ...(limit === undefined ? {} : { billing: { mode: 'arrears', creditLimit: limit } }),
    ...(options.is('prepaid') ? { billing: { mode: 'prepaid' } } : {}),
    ...(Object.keys(billTo).length === 0 ? {} : { billTo }),
  }
}

/** `in arrears, up to 500.00`. */
export function billingText({ billing }: Pick<Organization, 'billing'>): string {
  return billing.mode === 'prepaid' ? 'prepaid' : `in arrears, up to ${billing.creditLimit}`
}
