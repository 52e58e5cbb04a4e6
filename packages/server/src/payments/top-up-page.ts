import { newId, parseAmount } from '@faregate/core'
import { openTopUp } from '@faregate/admin/top-up'
import type { FastifyInstance } from 'fastify'
import { html } from '../pages/html.ts'
import { mountLinkedForm, problemNote, type LinkedPageDeps } from './linked-page.ts'

const USUAL_AMOUNT = '20.00'

/** The page behind the link in a refusal, where anybody who has it pays for that organization. */
export function mountTopUpPage(server: FastifyInstance, deps: LinkedPageDeps): void {
  const { rail, clock, random, currency } = deps
  mountLinkedForm(server, deps, {
    at: 'top-up',
    title: 'Top up',
    form: ({ name }, problem) =>
      html`${problemNote(problem)}
        <p>Credit for ${name}. You pay on the page of the payment provider; the credit is there as soon as the provider confirms it.</p>
        <form method="post">
          <label for="amount">Amount in ${currency}</label>
          <input id="amount" name="amount" inputmode="decimal" autocomplete="off" value="${USUAL_AMOUNT}" required />
          <button type="submit">Pay</button>
        </form>`,
    open: async (organization, fields) => {
      const amount = parseAmount(fields.get('amount')?.trim() ?? '')
      if (amount === undefined) return 'write a decimal above zero, like 20.00'
      const id = newId('pay', clock.now(), random)
      return openTopUp(deps, rail, { id, organization, amount, returnTo: deps.topUpPage(organization.id), actor: 'link' })
    },
  })
}
