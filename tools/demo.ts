/**
 * Shows what Faregate is for, offline, in a temporary folder: an organization with one cent calls the built-in demo
 * model until its balance does not reach, is told exactly why, is topped up, calls again; then the ledger is shown.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '@faregate/contract'
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
  fixes?: { kind: string; action: string; by: string; command?: string }[]
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
  for (const fix of refusal.fixes ?? []) say(`     fix: ${fix.command ?? fix.action} (by ${fix.by})`)
  say(`     charged: ${String(refusal.charged)}; x-should-retry: ${answer.headers.get('x-should-retry') ?? '?'}`)
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

const folder = mkdtempSync(join(tmpdir(), 'faregate-demo-'))
const gateway = await startGateway(process.execPath, [join(ROOT, 'bin/faregate.mjs'), 'start', '--demo', '--port', '0'], {
  cwd: folder,
  environment: offlineEnvironment(),
})
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
  showRefusal(await callUntilRefused(gateway.url, key, model.name))
  say('3. The fix is carried out: faregate grant acme 0.05. The same call again:')
  await client.createGrant({ params: { id }, body: { amount: '0.05', reason: 'top-up' } })
  const again = await ask(gateway.url, key, model.name, QUESTION)
  say(`   ${again.status}, Faregate-Cost: ${again.headers.get('faregate-cost') ?? '?'}`)
  say('4. The ledger: each call holds the most it may cost, then releases that and posts what it did cost. The last entries:')
  await showLedger(client, id)
} finally {
  await gateway.stop()
  rmSync(folder, { recursive: true, force: true })
}
