import assert from 'node:assert/strict'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { invoicesOf, startJumping } from '../support/next-month.ts'
import type { InvoiceShown } from '../support/next-month.ts'
import type { Worlds } from './tuned.ts'

const SELLER = { name: 'Gate Inc', address: '2 Street', taxNumber: 'DE2' }
const DAY_MS = 86_400_000

interface Issued {
  invoice: InvoiceShown
  page: string
}

/** An invoice of an organization in arrears, where the configuration says this of billing. */
async function issued({ upstream }: Worlds, billing: Record<string, unknown>): Promise<Issued> {
  upstream.on('invoiced', either(10, { usage: usage(0, 10) }))
  const config = configuration(upstream, { invoiced: { price: { input: '0', output: '1000' } } }, { billing })
  const gateway = await startJumping({ config })
  try {
    const { organization, key } = await gateway.customer()
    const terms = { mode: 'arrears', creditLimit: '1.00' }
    await gateway.api.expect(200, 'PATCH', `/api/organizations/${organization}`, { billing: terms })
    assert.equal((await gateway.chat(key, { model: 'invoiced', max_tokens: 10, messages: say() })).status, 200)
    gateway.signal('SIGUSR2')
    const [invoice] = await invoicesOf(gateway, organization)
    assert.ok(invoice)
    return { invoice, page: (await gateway.api.call('GET', `/api/invoices/${invoice.number}/html`)).text }
  } finally {
    await gateway.stop()
  }
}

/** Both are issued once, for all of the settings. */
let both: Promise<{ plain: Issued; tuned: Issued }> | undefined

async function bothOf(worlds: Worlds) {
  const [plain, tuned] = await Promise.all([issued(worlds, {}), issued(worlds, { seller: SELLER, dueDays: 3 })])
  return { plain, tuned }
}

function seller(member: keyof typeof SELLER) {
  return async (worlds: Worlds): Promise<void> => {
    const { plain, tuned } = await (both ??= bothOf(worlds))
    const of = ({ invoice }: Issued) => (invoice['seller'] as Record<string, unknown>)[member]
    assert.deepEqual([of(plain), of(tuned)], [null, SELLER[member]])
    assert.deepEqual([plain.page.includes(SELLER[member]), tuned.page.includes(SELLER[member])], [false, true])
  }
}

const daysOf = ({ invoice }: Issued): number => (Date.parse(invoice.dueAt ?? '') - Date.parse(invoice.issuedAt)) / DAY_MS

/** What stands on invoices, and when they are due. */
export const INVOICE_KNOBS: Record<string, (worlds: Worlds) => Promise<void>> = {
  'billing.seller.name': seller('name'),
  'billing.seller.address': seller('address'),
  'billing.seller.taxNumber': seller('taxNumber'),

  'billing.dueDays': async (worlds) => {
    const { plain, tuned } = await (both ??= bothOf(worlds))
    assert.deepEqual([daysOf(plain), daysOf(tuned)], [14, 3])
  },
}
