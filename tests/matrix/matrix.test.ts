import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readCompatibility, rememberCompatibility, type Came, type Compatibility } from '../../tools/compatibility/report.ts'
import { assertSettled } from '../support/api.ts'
import { hold, type Outcome } from './cell.ts'
import { conversations, type Conversation } from './conversation.ts'
import { PROVIDERS, type Provider } from './providers.ts'
import { SURFACES } from './surfaces/all.ts'
import type { Surface } from './surfaces/surface.ts'
import { startWorld, stopWorld, type World } from './world.ts'

const CONVERSATIONS = conversations()

const seen: Compatibility = {
  surfaces: SURFACES.map(({ name, title }) => ({ name, title })),
  providers: PROVIDERS.map(({ name, title, models, lacks = {} }) => ({ name, title, models: [...new Set(Object.values(models))], lacks })),
  conversations: CONVERSATIONS.map(({ name, about }) => ({ name, about })),
  cells: Object.fromEntries(SURFACES.map((surface) => [surface.name, Object.fromEntries(CONVERSATIONS.map(({ name }) => [name, {}]))])),
}

describe('S2, S3, T1, T3, T4, T6, T7, R1, R2, U1, U2, M1, M5, M8, I2, E8: every caller at every provider', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  after(() => stopWorld(world))

  for (const surface of SURFACES) {
    for (const provider of PROVIDERS) {
      test(`${surface.title} → ${provider.title}: every conversation comes through whole and exactly charged, or is refused by name`, async () => {
        const came = await Promise.all(CONVERSATIONS.map((conversation) => both(world, surface, provider, conversation)))
        assert.deepEqual(came.flat(), [])
      })
    }
  }

  test('nothing is held at the end, and every entry of the ledger adds up', async (context) => {
    const { posted } = await assertSettled(world.gateway.api, world.customer.organization)
    context.diagnostic(`${world.replay.requests.length} calls of providers, ${posted} charged`)
  })

  test('docs/reference/compatibility.json, and the page made of it, say what this run saw; if not: npm run docs', (context) => {
    rememberCompatibility(seen)
    context.diagnostic(summary())
    assert.ok(JSON.stringify(readCompatibility()) === JSON.stringify(seen), 'it is stale: npm run docs')
  })
})

/** Holds a conversation twice, whole and streamed, and keeps what came of it. Gives what must not have come of it. */
async function both(world: World, surface: Surface, provider: Provider, conversation: Conversation): Promise<string[]> {
  const cell = { surface, provider, conversation }
  const [whole, streamed] = await Promise.all([false, true].map((stream) => hold(world, { ...cell, stream }).then(told, failed)))
  const row = seen.cells[surface.name]?.[conversation.name]
  if (row === undefined || whole === undefined || streamed === undefined) throw new Error('a cell without a place')
  row[provider.name] = whole === streamed ? whole : { whole, streamed }
  const ways: [string, Came][] = [
    ['whole', whole],
    ['streamed', streamed],
  ]
  return ways.flatMap(([how, came]) => {
    const wrong = wrongIn(came, provider.lacks?.[conversation.name])
    return wrong === undefined ? [] : [`${conversation.name}, ${how}: ${wrong}`]
  })
}

function told(outcome: Outcome): Came {
  if (outcome.kind === 'pass') return 'pass'
  if (outcome.kind === 'none') return `none: ${outcome.why}`
  if (outcome.kind === 'declined') return `declined: ${outcome.rule}`
  const when = outcome.request === 1 ? '' : ` (request ${outcome.request})`
  return `refused: ${outcome.members.join(', ')}${when}`
}

function failed(error: unknown): Came {
  return `failed: ${(error as Error).message.replaceAll(/\s+/g, ' ').slice(0, 1_000)}`
}

/** A refusal is right only where the provider has no place for it by its own documentation. */
function wrongIn(came: Came, lack: string | undefined): string | undefined {
  if (came.startsWith('failed')) return came
  return /^(refused|declined)/.test(came) && lack === undefined ? `${came}, though the provider takes it` : undefined
}

/** How many cells came to what. */
function summary(): string {
  const all = Object.values(seen.cells).flatMap((rows) => Object.values(rows).flatMap((row) => Object.values(row)))
  const came = all.flatMap((cell) => (typeof cell === 'string' ? [cell, cell] : [cell.whole, cell.streamed]))
  const kinds = Map.groupBy(came, (one) => one.split(':')[0] ?? '')
  return [...kinds].map(([kind, ofKind]) => `${ofKind.length} ${kind}`).join(', ')
}
