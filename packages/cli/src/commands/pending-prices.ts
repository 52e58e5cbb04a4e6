import { randomUUID } from 'node:crypto'
import type { Client, RouteOutput, Routes } from '@faregate/contract'
import { Failure, type Call, type Command } from '../command.ts'
import { shortTime, table, type Cell } from '../output.ts'

type Pending = RouteOutput<Routes['approvePrice']>

const list: Command = {
  name: 'price pending',
  summary: 'List the prices of a newer catalogue that wait for approval, beside those in force',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listPendingPrices({})
    const columns = ['id', 'model', 'price', 'in force', 'offered', 'change', 'from']
    call.output.result(data, table(columns, data.flatMap(rowsOf), 'No price waits for approval.'))
  },
}

function rowsOf({ id, name, changes, effectiveAt, since }: Pending): Cell[][] {
  return changes.map(({ bucket, fromTokens, before, after, change }, index) => [
    index === 0 ? id : '',
    index === 0 ? name : '',
    fromTokens === 0 ? bucket : `${bucket} from ${fromTokens} tokens`,
    before,
    after,
    change === null ? 'new' : percentOf(change),
    index > 0 ? '' : effectiveAt > since ? shortTime(effectiveAt) : 'now',
  ])
}

/** `0.105` as `+10.5 %`. */
function percentOf(share: string): string {
  const percent = Math.round(Number(share) * 1_000) / 10
  return `${percent < 0 ? '' : '+'}${percent} %`
}

const approve: Command = {
  name: 'price approve',
  summary: 'Put waiting prices in force, within a second',
  args: ['<id...>'],
  options: [{ flags: '--reason <text>', summary: 'why, for the audit' }],
  run: (call) =>
    decide(call, async (client, id) => {
      const price = await client.approvePrice({ params: { id }, body: reasonOf(call, 'approved'), idempotencyKey: randomUUID() })
      return { price, text: `${price.name} costs ${ratesText(price.offered.price)} per million.` }
    }),
}

const reject: Command = {
  name: 'price reject',
  summary: 'Keep the prices in force, until a catalogue brings yet other ones',
  args: ['<id...>'],
  options: [{ flags: '--reason <text>', summary: 'why, for the audit' }],
  run: (call) =>
    decide(call, async (client, id) => {
      const price = await client.rejectPrice({ params: { id }, body: reasonOf(call, 'rejected'), idempotencyKey: randomUUID() })
      return { price, text: `${price.name} stays at ${ratesText(price.inForce?.price ?? {})} per million.` }
    }),
}

function reasonOf(call: Call, done: string): { reason: string } {
  return { reason: call.options.text('reason') ?? `${done} on the command line` }
}

/** Decides about each in turn: an id, or the model's name as `price pending` shows it. */
async function decide(call: Call, one: (client: Client, id: string) => Promise<{ price: Pending; text: string }>): Promise<void> {
  const client = await call.client()
  const { data } = await client.listPendingPrices({})
  const decided: { price: Pending; text: string }[] = []
  for (const named of call.args) decided.push(await one(client, idOf(named, data)))
  call.output.result(
    decided.map(({ price }) => price),
    decided.map(({ text }) => text).join('\n'),
  )
}

function idOf(named: string, pending: Pending[]): string {
  const found = pending.find(({ id, name }) => id === named || name === named)
  if (found !== undefined || named.startsWith('pc_')) return found?.id ?? named
  throw new Failure(`No price of "${named}" waits for approval.`, 'See which do: faregate price pending')
}

/** Prices as people read them: `input 0.05, output 0.40`. */
export function ratesText(rates: Record<string, string>): string {
  return Object.entries(rates)
    .map(([bucket, rate]) => `${bucket} ${rate}`)
    .join(', ')
}

export const pendingPriceCommands = [list, approve, reject]
