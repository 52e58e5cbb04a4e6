import type { Account, Form } from './account.ts'
import { ApiFault, missing } from './objects.ts'

/** One call of the API: its method and path, and what it does. */
type Row = [method: string, path: RegExp, call: (account: Account, id: string, form: Form, query: URLSearchParams) => unknown]

const CALLS: Row[] = [
  ['POST', /^\/v1\/checkout\/sessions$/, (account, _id, form) => account.openSession(form)],
  ['GET', /^\/v1\/checkout\/sessions\/(\w+)$/, (account, id) => account.sessions.get(id)],
  ['POST', /^\/v1\/customers$/, (account, _id, form) => account.createCustomer(form)],
  ['POST', /^\/v1\/payment_intents$/, (account, _id, form) => account.createIntent(form)],
  ['GET', /^\/v1\/payment_intents\/(\w+)$/, (account, id) => account.intents.get(id)],
  ['POST', /^\/v1\/payment_intents\/(\w+)\/confirm$/, (account, id, form) => account.confirm(id, form)],
  ['POST', /^\/v1\/payment_intents\/(\w+)\/cancel$/, (account, id) => account.cancel(id)],
  ['GET', /^\/v1\/setup_intents\/(\w+)$/, (account, id, _form, query) => setupOf(account, id, query)],
  ['POST', /^\/v1\/payment_methods\/(\w+)\/detach$/, (account, id) => account.detach(id)],
  ['GET', /^\/v1\/refunds\/(\w+)$/, (account, id) => account.refunds.get(id)],
  ['POST', /^\/v1\/refunds$/, (account, _id, form) => account.createRefund(form)],
  [
    'GET',
    /^\/v1\/refunds$/,
    (account, _id, _form, query) => ({ object: 'list', data: account.refundsOf(query.get('payment_intent') ?? ''), has_more: false }),
  ],
]

/** Does what a call asks for. @throws ApiFault */
export function called(account: Account, method: string, url: string, form: Form): unknown {
  const { pathname, searchParams } = new URL(url, 'http://stripe')
  for (const [verb, path, call] of CALLS) {
    const match = verb === method ? path.exec(pathname) : null
    if (match === null) continue
    const found = call(account, match[1] ?? '', form, searchParams)
    if (found === undefined) throw missing(pathname)
    return found
  }
  throw new ApiFault(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method} ${pathname})` })
}

function setupOf(account: Account, id: string, query: URLSearchParams): unknown {
  const setup = account.setups.get(id)
  if (setup === undefined || ![...query].some(([name, value]) => name.startsWith('expand') && value === 'payment_method')) return setup
  return { ...setup, payment_method: account.methods.get(setup.payment_method) }
}
