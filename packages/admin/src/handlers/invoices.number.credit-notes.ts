import { creditNoteName, invoiceName, type CreditNote, type Invoice } from '@faregate/billing'
import { formatAmount, parseAmount, walletOf, type Nano } from '@faregate/core'
import type { Call, Handlers } from '../call.ts'
import { mismatch, operationId } from '../idempotency.ts'
import { attachedAudit, keptAnswer, USUAL_PRIORITY } from '../operation.ts'
import { presentCreditNote } from '../present/invoices.ts'
import { found, refuse } from '../refusal.ts'
import { visibleInvoice } from './invoices.number.ts'

type Creating = Call<'createCreditNote'>

/** Others may take the same number or place at the same time; each try meets one of them less. */
const TRIES = 20

export const invoicesNumberCreditNotes: Handlers<'createCreditNote'> = {
  async createCreditNote(call) {
    const invoice = await visibleInvoice(call, call.params.number)
    const amount = parseAmount(call.body.amount) ?? 0n
    const grant = operationId(call, 'cn')
    const { invoices } = call.deps.store.read
    for (let rest = TRIES; ; rest--) {
      const known = await invoices.creditNote(grant)
      if (known !== undefined) return presentCreditNote(sameNote(call, known, amount))
      const note = await nextNote(call, invoice, amount, grant)
      const outcome = await credit(call, note).catch((error: unknown) => ({ status: 'failed' as const, error }))
      if (outcome.status === 'ok') return presentCreditNote(note)
      if (outcome.status === 'exists') return presentCreditNote(found(await invoices.creditNote(grant), 'credit note', grant))
      if (outcome.status !== 'failed') throw new Error(`the ledger answered ${outcome.status} to a credit note`)
      if (rest === 0 || !(await wasTaken(call, note))) throw outcome.error
    }
  },
}

/** The next number and place, if the invoice has as much left to correct. */
async function nextNote({ deps, body }: Creating, invoice: Invoice, amount: Nano, grant: string): Promise<CreditNote & { place: number }> {
  const { invoices } = deps.store.read
  const before = await invoices.creditNotes(invoice.number)
  const remaining = before.reduce((left, note) => left - note.amount, invoice.total > 0n ? invoice.total : 0n)
  if (amount > remaining) {
    const text = formatAmount(remaining)
    refuse({ code: 'credit_exceeds_invoice', detail: `At most ${text} of what this invoice charged is left to correct.`, remaining: text })
  }
  const number = (await invoices.lastCreditNote()) + 1
  const { organization, number: of } = invoice
  return { number, invoice: of, organization, amount, reason: body.reason, grant, at: deps.clock.now(), place: before.length + 1 }
}

/** One transaction: the grant, the note, the audit, and the answer to the idempotency key. */
function credit(call: Creating, note: CreditNote & { place: number }) {
  const { number, invoice, place, organization, amount, reason, grant, at } = note
  const shown = presentCreditNote(note)
  const event = { action: 'invoice.credit', subject: shown.invoice, organization, after: shown }
  const row = { number, invoice, place, organization_id: organization, amount, reason, grant_id: grant, at }
  return call.deps.ledger.submit(
    {
      type: 'grant',
      id: grant,
      account: walletOf(organization),
      amount,
      priority: USUAL_PRIORITY,
      expiresAt: null,
      reason: `${creditNoteName(number)} for ${invoiceName(invoice)}: ${reason}`,
    },
    { attach: [attachedAudit(call, event), { table: 'credit_notes', values: row }, ...keptAnswer(call, shown)] },
  )
}

function sameNote({ body }: Creating, note: CreditNote, amount: Nano): CreditNote {
  return note.amount === amount && note.reason === body.reason ? note : mismatch()
}

/** Whether the number or the place of a note was somebody else's meanwhile. */
async function wasTaken({ deps }: Creating, { number, invoice, place }: CreditNote & { place: number }): Promise<boolean> {
  const { invoices } = deps.store.read
  return (await invoices.lastCreditNote()) >= number || (await invoices.creditNotes(invoice)).length >= place
}
