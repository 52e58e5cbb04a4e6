/**
 * What translation takes, within one process and without HTTP: `node --expose-gc translation/run.ts JSON-OF-WANTED`. Prints
 * the figures as JSON.
 */
import { eventCosts, type EventCosts } from './events.ts'
import { keptBy } from './memory.ts'
import { everyPair, pair, type Kind, type Pair } from './pairs.ts'
import { requestCosts, type RequestCosts } from './requests.ts'

/** What to measure: one pair closely, and all of them in short. */
export interface Wanted {
  /** Requests of the one pair; the others get a tenth. */
  requests: number
  /** Pieces of text or arguments of the one pair for each length of stream; the others get three streams. */
  pieces: number
}

export interface PairFigures {
  name: Pair['name']
  request: RequestCosts
  text: EventCosts | undefined
  call: EventCosts | undefined
  /** In kB, see {@link keptBy}. */
  kept: Record<Kind, number[] | undefined>
}

export interface TranslationFigures {
  request: RequestCosts
  events: { kind: Kind; pieces: number; costs: EventCosts }[]
  pairs: PairFigures[]
  cpuMs: number
}

export const SHORT_STREAM = 100
export const LONG_STREAM = 10_000
const STREAMS_OF_OTHERS = 3

function measured({ requests, pieces }: Wanted): TranslationFigures {
  const main = pair('openai-chat', 'anthropic')
  const request = requestCosts(main, requests)
  const events: TranslationFigures['events'] = []
  for (const kind of ['text', 'call'] as const)
    for (const length of [SHORT_STREAM, LONG_STREAM]) {
      const costs = eventCosts(main, kind, length, Math.ceil(pieces / length))
      if (costs !== undefined) events.push({ kind, pieces: length, costs })
    }
  const pairs = everyPair().map((one) => ({
    name: one.name,
    request: requestCosts(one, Math.ceil(requests / 10)),
    text: eventCosts(one, 'text', LONG_STREAM, STREAMS_OF_OTHERS),
    call: eventCosts(one, 'call', LONG_STREAM, STREAMS_OF_OTHERS),
    kept: { text: keptBy(one, 'text'), call: keptBy(one, 'call') },
  }))
  const { user, system } = process.cpuUsage()
  return { request, events, pairs, cpuMs: (user + system) / 1_000 }
}

if (import.meta.main) process.stdout.write(JSON.stringify(measured(JSON.parse(process.argv[2] ?? '{}') as Wanted)))
