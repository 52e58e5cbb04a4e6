import type { Session } from './objects.ts'

/** The page of a checkout, as plain as it gets: what is paid or saved, and one button. */
export function checkoutPage({ mode, amount_total: amount, currency }: Session): string {
  const what = mode === 'setup' ? 'Save a test card' : `Pay ${((amount ?? 0) / 100).toFixed(2)} ${currency.toUpperCase()} with a test card`
  return page(what, `<form method="post"><button>${what}</button></form>`)
}

export function verifyPage(): string {
  return page('Verify a bank account', '<form method="post"><button>Confirm the amounts of the two small deposits</button></form>')
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<h1>${title}</h1><p>This stands in for Stripe: nothing leaves this machine, and no money moves.</p>${body}</html>`
}
