import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KeyEntry } from '@faregate/identity'
import type { GatewayDeps, UnpaidInvoice } from '../src/deps.ts'
import { completion } from './support/upstream.ts'
import { openWorld, problemOf, type World } from './support/world.ts'

const BODY = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] }
const ORGANIZATION = { id: 'org_acme', name: 'Acme', zone: 'UTC', suspended: null, cap: null, userCap: null, creditLimit: 1_000_000_000n }
const INVOICE: UnpaidInvoice = { name: 'INV-000007', amount: 300_000_000n, dueAt: Date.UTC(2027, 1, 15) }

/** An organization with a credit of 1.00, which owes these invoices. */
async function world(
  overdue: UnpaidInvoice[],
  more: { key?: Partial<KeyEntry>; unpaid?: UnpaidInvoice[]; creditLimit?: bigint } = {},
): Promise<World & { invoices: { overdue: UnpaidInvoice[] } }> {
  const invoices = { overdue }
  const gate: GatewayDeps['invoices'] = { overdue: () => invoices.overdue, unpaid: async () => more.unpaid ?? invoices.overdue }
  const creditLimit = more.creditLimit ?? ORGANIZATION.creditLimit
  const key = { organization: { ...ORGANIZATION, creditLimit }, ...more.key }
  const opened = await openWorld({ grant: '0.000001', invoices: gate, creditLimit, key })
  opened.upstream.behave((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(completion('hi', { prompt_tokens: 2, completion_tokens: 10 }))
  })
  return { ...opened, invoices }
}

describe('an organization in arrears', () => {
  it('is served on credit while nothing is overdue', async () => {
    const gateway = await world([])
    try {
      assert.equal((await gateway.post(BODY)).status, 200)
      assert.ok(gateway.wallet().available < 0n)
    } finally {
      await gateway.close()
    }
  })

  it('is stopped by an overdue invoice, with nothing held, until it is paid', async () => {
    const gateway = await world([INVOICE, { ...INVOICE, name: 'INV-000009', amount: 200_000_000n }])
    try {
      const refused = await problemOf(await gateway.post(BODY))
      assert.deepEqual([refused.status, refused.code], [402, 'insufficient_balance'])
      assert.match(String(refused['detail']), /INV-000007 and 1 more is overdue since 2027-02-15.*: 0\.50 USD/)
      const [fix] = refused['fixes'] as Record<string, unknown>[]
      assert.deepEqual([fix?.['kind'], fix?.['minAmount'], fix?.['command']], ['pay', '0.50', 'faregate grant org_acme 5.00'])
      assert.deepEqual(fix?.['invoice'], { number: 'INV-000007', amount: '0.30', dueAt: '2027-02-15T00:00:00.000Z' })
      assert.equal(gateway.wallet().held, 0n)
      assert.equal(gateway.upstream.calls.length, 0)
      gateway.invoices.overdue = []
      assert.equal((await gateway.post(BODY)).status, 200)
    } finally {
      await gateway.close()
    }
  })

  it('is told of a cap first, and of the invoice beside it', async () => {
    const gateway = await world([INVOICE], { key: { cap: { amount: 1n, period: 'total' } } })
    try {
      const refused = await problemOf(await gateway.post(BODY))
      assert.deepEqual([refused.status, refused.code], [403, 'cap_key'])
      assert.ok((refused['also'] as string[]).includes('insufficient_balance'))
    } finally {
      await gateway.close()
    }
  })

  it('is told which invoice to pay where its credit is used up, and to pay as much as the request needs', async () => {
    const gateway = await world([], { creditLimit: 1n, unpaid: [{ ...INVOICE, amount: 1n }] })
    try {
      const refused = await problemOf(await gateway.post(BODY))
      const [fix] = refused['fixes'] as Record<string, unknown>[]
      const { kind, shortfall } = refused['limit'] as Record<string, string>
      assert.deepEqual([refused.code, kind, fix?.['minAmount']], ['insufficient_balance', 'credit', shortfall])
      assert.match(JSON.stringify(fix?.['invoice']), /"number":"INV-000007"/)
    } finally {
      await gateway.close()
    }
  })

  it('whose member may pay is told so', async () => {
    const member = { id: 'mem_1', name: 'Ann', role: 'role_1', permissions: ['money:write'], team: null, cap: null }
    const gateway = await world([INVOICE], { key: { member } })
    try {
      const [fix] = (await problemOf(await gateway.post(BODY)))['fixes'] as { canYou: boolean }[]
      assert.equal(fix?.canYou, true)
    } finally {
      await gateway.close()
    }
  })

  it('gets 503 where what it owes cannot be read', async () => {
    const broken = { overdue: () => Promise.reject(new Error('gone')), unpaid: () => Promise.reject(new Error('gone')) }
    const gateway = await openWorld({ invoices: broken, creditLimit: 1n, key: { organization: ORGANIZATION } })
    try {
      assert.equal((await problemOf(await gateway.post(BODY))).code, 'ledger_unavailable')
    } finally {
      await gateway.close()
    }
  })
})
