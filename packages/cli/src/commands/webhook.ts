import { randomUUID } from 'node:crypto'
import { EVENTS, EVENT_NAMES, type EventName } from '@faregate/core'
import { UsageError, type Call, type Command } from '../command.ts'
import { everyItem, findOrganization } from '../lookup.ts'
import { shortTime, table } from '../output.ts'
import { amountOf, instantOf } from '../parse.ts'

const create: Command = {
  name: 'webhook create',
  summary: 'Create a webhook; its secret is shown once',
  args: ['<url>'],
  options: [
    { flags: '--event <event>', summary: `what it is told: ${EVENT_NAMES.join(', ')}; may be repeated`, repeatable: true },
    { flags: '--organization <name>', summary: 'id or name of the one organization (every one)' },
    { flags: '--balance-below <amount>', summary: 'with balance.low: the balance below which it is told' },
  ],
  async run(call) {
    const below = call.options.text('balanceBelow')
    const url = call.args[0] ?? ''
    const body = { url, events: eventsOf(call), ...(below === undefined ? {} : { balanceBelow: amountOf(below, '--balance-below') }) }
    const client = await call.client()
    const named = call.options.text('organization')
    const idempotencyKey = randomUUID()
    const created =
      named === undefined
        ? await client.createWebhook({ body, idempotencyKey })
        : await client.createWebhookOfOrganization({
            params: { id: (await findOrganization(client, named)).id },
            body,
            idempotencyKey,
          })
    const secret = created.secret ?? 'its secret was shown before'
    const told = created.url.startsWith('mailto:') ? `${created.id} mails` : `${secret}\n${created.id} calls`
    call.output.result(created, `${told} ${created.url.replace('mailto:', '')}. See it arrive: faregate webhook test ${created.id}`)
  },
}

function eventsOf(call: Call): EventName[] {
  const asked = call.options.list('event') ?? []
  const known = EVENT_NAMES.filter((name) => asked.includes(name))
  if (known.length === 0 || known.length < new Set(asked).size) {
    const lines = EVENT_NAMES.map((name) => `  ${name.padEnd(14)}${EVENTS[name]}`)
    throw new UsageError(`name its events with --event; there are:\n${lines.join('\n')}`)
  }
  return known
}

const list: Command = {
  name: 'webhook list',
  summary: 'List webhooks',
  async run(call) {
    const client = await call.client()
    const all = await everyItem((query) => client.listWebhooks({ query: { limit: 500, ...query } }))
    const rows = all.map((one) => [one.id, one.url, one.events.join(' '), one.organization ?? 'every one', one.enabled ? 'on' : 'off'])
    call.output.result(all, table(['id', 'url', 'events', 'organization', 'state'], rows))
  },
}

const test: Command = {
  name: 'webhook test',
  summary: 'Send the event webhook.test',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    const { event } = await client.testWebhook({ params: { id }, body: {}, idempotencyKey: randomUUID() })
    call.output.result({ event }, `${event} is on its way. See how it went: faregate webhook deliveries ${id}`)
  },
}

const deliveries: Command = {
  name: 'webhook deliveries',
  summary: 'List what a webhook was told, and how that went',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    const { data } = await client.listDeliveries({ params: { id }, query: { limit: 100 } })
    const rows = data.map((one) => [one.event, one.type, one.state, one.attempts, one.lastError, shortTime(one.nextAt), shortTime(one.at)])
    call.output.result(data, table(['event', 'type', 'state', 'attempts', 'last error', 'next', 'at'], rows))
  },
}

const replay: Command = {
  name: 'webhook replay',
  summary: 'Deliver one event again, or everything since a moment',
  args: ['<id>'],
  options: [
    { flags: '--event <event>', summary: 'one event' },
    { flags: '--since <when>', summary: 'a date or a time: 2027-01-31, 2027-01-31T12:00:00Z' },
  ],
  async run(call) {
    const [id = ''] = call.args
    const since = call.options.text('since')
    const body = { ...call.options.some('event'), ...(since === undefined ? {} : { since: instantOf(since, Date.now()) }) }
    const client = await call.client()
    const { replayed } = await client.replayWebhook({ params: { id }, body, idempotencyKey: randomUUID() })
    call.output.result({ replayed }, `${replayed} on their way again.`)
  },
}

const remove: Command = {
  name: 'webhook delete',
  summary: 'Remove a webhook with its deliveries',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.deleteWebhook({ params: { id } })
    call.output.result({ id, deleted: true }, `${id} is removed.`)
  },
}

export const webhookCommands = [create, list, test, deliveries, replay, remove]
