/**
 * Shows what Faregate is for, offline, in a temporary folder: an organization with one cent calls the built-in demo
 * model until its balance does not reach, is told exactly why, pays through a stand-in for Stripe, calls again; then the
 * ledger is shown. With `--stay` both go on until they are interrupted, to be tried by hand.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient, type Client } from '@faregate/contract'
import { StripeStandIn } from '../tests/support/stripe/stand-in.ts'
import { ask, type Answer } from './support/answer.ts'
import { offlineEnvironment, startGateway } from './support/process.ts'
import { ROOT } from './support/root.ts'

const QUESTION = 'What does it cost to ask what it costs?'

function say(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** What of a refusal a caller acts on. */
interface Refusal {
  code: string
  detail: string
  fixes?: { kind: string; action: string; by: string; command?: string; url?: string }[]
  charged: unknown
}

/** Calls until a refusal; shows each answer. @returns the refusal */
async function callUntilRefused(url: string, key: string, model: string): Promise<Answer> {
  for (let call = 1; call <= 1_000; call++) {
    const answer = await ask(url, key, model, QUESTION)
    if (answer.status !== 200) {
      say(`   … and so on; call ${call} is refused: ${answer.status}`)
      return answer
    }
    if (call <= 2) say(`   call ${call}: 200, Faregate-Cost: ${answer.headers.get('faregate-cost') ?? '?'}`)
  }
  throw new Error('the balance never ran out')
}

function showRefusal(answer: Answer): void {
  const refusal = answer.body as unknown as Refusal
  say(`     ${refusal.code}: ${refusal.detail}`)
  for (const { command, action, url, by } of refusal.fixes ?? [])
    say(`     fix: ${command ?? action}${url === undefined ? '' : ` at ${url}`} (by ${by})`)
  say(`     charged: ${String(refusal.charged)}; x-should-retry: ${answer.headers.get('x-should-retry') ?? '?'}`)
}

/** Pays as a person does who follows the link of the refusal: the amount there, then the page of the payment provider. */
async function payAt(link: string, amount: string): Promise<string> {
  const ordered = await fetch(link, { method: 'POST', body: new URLSearchParams({ amount }), redirect: 'manual' })
  const page = ordered.headers.get('location') ?? ''
  const paid = await fetch(page, { method: 'POST', redirect: 'manual' })
  if (ordered.status !== 303 || paid.status !== 303) throw new Error(`nothing was paid: ${ordered.status}, ${paid.status}`)
  return page
}

async function showLedger(client: Client, organization: string): Promise<void> {
  const entries = await client.listEntries({ query: { organization, limit: 8 } })
  for (const entry of entries.data.toReversed()) {
    const legs = entry.legs.filter((leg) => leg.account.includes(organization)).map((leg) => `${leg.field} ${leg.amount}`)
    say(`   ${entry.kind.padEnd(5)}  ${legs.join(', ').padEnd(36)}  ${entry.reason ?? entry.id}`)
  }
  const balance = await client.getBalance({ params: { id: organization } })
  say(
    `   granted ${balance.granted} − charged ${balance.posted} − held ${balance.held} = available ${balance.available} ${balance.currency}`,
  )
  const { ok, checked } = await client.verifyLedger({})
  say(
    `   verify: ${ok ? 'every invariant holds' : 'VIOLATED'} (${Object.entries(checked)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')})`,
  )
}

const { values } = parseArgs({ options: { stay: { type: 'boolean' } } })
const stripe = await new StripeStandIn().listen()
stripe.telling = true
const folder = mkdtempSync(join(tmpdir(), 'faregate-demo-'))
const file = join(folder, 'faregate.yaml')
writeFileSync(file, JSON.stringify(stripe.configuration))
const gateway = await startGateway(process.execPath, [join(ROOT, 'bin/faregate.mjs'), 'start', '--demo', '--config', file, '--port', '0'], {
  cwd: folder,
  environment: offlineEnvironment(),
})
stripe.endpoint = `${gateway.url}/api/payments/stripe/webhook`
try {
  const client = createClient({ baseUrl: gateway.url, token: readFileSync(join(folder, 'data/operator-token'), 'utf8').trim() })
  say(`1. A gateway runs on ${gateway.url} with the built-in demo model; no provider key, nothing leaves this machine.`)
  const { id } = await client.createOrganization({ body: { name: 'acme' } })
  const application = await client.createApplication({ params: { id }, body: { name: 'chatbot' } })
  const { key = '' } = await client.createKey({ params: { id: application.id }, body: { name: 'demo' } })
  await client.createGrant({ params: { id }, body: { amount: '0.01', reason: 'one cent to begin with' } })
  say('2. The organization acme gets $0.01 and a key. Its chatbot calls until the balance does not reach:')
  const [model] = (await client.listModels({})).data
  if (model === undefined) throw new Error('there is no demo model')
  const refused = await callUntilRefused(gateway.url, key, model.name)
  showRefusal(refused)
  const link = (refused.body as unknown as Refusal).fixes?.[0]?.url ?? ''
  say('3. The fix is carried out: whoever has the link pays $1.00 there, on a page of Stripe, which a stand-in plays. The same call again:')
  say(`   paid at ${await payAt(link, '1.00')}`)
  const again = await ask(gateway.url, key, model.name, QUESTION)
  say(`   ${again.status}, Faregate-Cost: ${again.headers.get('faregate-cost') ?? '?'}`)
  say('4. The ledger: each call holds the most it may cost, then releases that and posts what it did cost. The last entries:')
  await showLedger(client, id)
  if (values.stay === true) {
    say(`5. Pay by hand, in a browser: ${link}`)
    say(`   Call with the key ${key}; the operator's token is in ${join(folder, 'data/operator-token')}. Ctrl-C ends it.`)
    await once(process, 'SIGINT')
  }
} finally {
  await gateway.stop()
  await stripe.close()
  rmSync(folder, { recursive: true, force: true })
}
