import { newId } from '@faregate/core'
import { openSetup } from '@faregate/admin/payments/methods'
import type { Checkout, NoCheckout } from '@faregate/billing/rails/port'
import type { FastifyInstance } from 'fastify'
import { html, type Html } from '../pages/html.ts'
import { mountLinkedForm, problemNote, type LinkedPageDeps } from './linked-page.ts'

/** The page behind the link in a refusal, where anybody who has it saves a payment method for that organization, or verifies one. */
export function mountMethodPage(server: FastifyInstance, deps: LinkedPageDeps): void {
  const { rail, store, clock, random } = deps
  const unverified = async (organization: string) =>
    (await store.read.paymentMethods.ofOrganization(organization)).find(({ verified }) => !verified)
  mountLinkedForm(server, deps, {
    at: 'payment-method',
    title: 'Payment method',
    form: async ({ id, name }, problem) =>
      html`${problemNote(problem)}
        <p>A payment method for ${name}. You enter it on the page of the payment provider, which keeps it; nothing is charged now.</p>
        <form method="post">
          ${(await unverified(id)) === undefined ? undefined : VERIFY}<button type="submit">Add a payment method</button>
        </form>`,
    open: async (organization, fields) => {
      const waiting = fields.get('do') === 'verify' ? await unverified(organization.id) : undefined
      if (waiting !== undefined) return verify(deps, waiting.saving)
      const id = newId('pm', clock.now(), random)
      return openSetup(deps, rail, { id, organization, returnTo: deps.methodPage(organization.id) })
    },
  })
}

const VERIFY: Html = html`<button type="submit" name="do" value="verify">Verify the one that waits</button> `

async function verify({ rail }: LinkedPageDeps, saving: string): Promise<Checkout | NoCheckout | string> {
  try {
    const url = await rail.verification(saving)
    return url === undefined ? 'the payment provider has nothing to verify any more' : { status: 'open', url }
  } catch (error) {
    return { status: 'unavailable', reason: 'the payment provider cannot be reached', operatorDetail: String(error) }
  }
}
