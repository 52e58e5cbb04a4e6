import { coreSeconds, QUIET } from './cores.ts'
import { TITLES } from './dialects/index.ts'
import { percent } from './figures.ts'
import { runScript } from './processes.ts'
import type { Goal, Section } from './report.ts'
import type { EventCosts } from './translation/events.ts'
import { READ_AFTER } from './translation/memory.ts'
import type { Kind } from './translation/pairs.ts'
import { LONG_STREAM } from './translation/run.ts'
import type { PairFigures, TranslationFigures, Wanted } from './translation/run.ts'

const WANTED: Wanted = { requests: 3_000, pieces: 100_000 }
const MOST_REQUEST_MS = 0.3
const MOST_EVENT_MS = 0.05
const MOST_GROWTH_KB = 1_024

/** What translation adds to a request and to each event of a stream, and what a stream keeps while it is translated. */
export async function translation(wanted = WANTED): Promise<Section[]> {
  const [before, begun] = [coreSeconds(0), performance.now()]
  const figures = await runScript<TranslationFigures>('translation/run.ts', wanted, 0, ['--expose-gc'])
  const seconds = (performance.now() - begun) / 1_000
  const others = Math.max(0, coreSeconds(0) - before - figures.cpuMs / 1_000) / seconds
  return [onePair(figures, others, wanted), allPairs(figures.pairs)]
}

const KINDS: Record<Kind, string> = { text: 'text', call: 'arguments of a tool call' }

function onePair({ request, events }: TranslationFigures, others: number, { requests, pieces }: Wanted): Section {
  const added = addedMicros(request)
  const rows = events.map(({ kind, pieces: length, costs: { passed, translated } }) => [
    `event with ${KINDS[kind]}, stream of ${length}`,
    ...[passed.p50, translated.p50, translated.p50 - passed.p50, translated.mean - passed.mean, translated.p99 - passed.p99].map(micros),
  ])
  return {
    title: 'What translation adds: OpenAI Chat in, Anthropic out',
    about:
      'In one process on core 0, warmed up, without HTTP, as the gateway calls it. A request with a 17 kB prompt: read, and made into the ' +
      'bytes for the upstream; nothing has to be changed where it is passed on. An event: read and passed on, or decoded and encoded. ' +
      `${requests} requests and ${pieces} events of each kind, in turns. Added: the difference of means, and of the same percentiles. ` +
      `Others had ${percent(others)} of core 0: where that is much, they are in the means and in the 99th percentile.`,
    table: [
      ['', 'passed on p50 µs', 'translated p50 µs', 'added p50 µs', 'added mean µs', 'added p99 µs'],
      [
        '17 kB prompt',
        micros(request.passed.p50Ms * 1_000),
        micros(request.translated.p50Ms * 1_000),
        micros(added.p50),
        '',
        micros(added.p99),
      ],
      ...rows,
    ],
    notes: [],
    goals: goals(added.p50, events, others <= QUIET),
  }
}

function goals(addedToRequest: number, events: TranslationFigures['events'], quiet: boolean): Goal[] {
  const most = (of: (costs: EventCosts) => number): number => Math.max(...events.map(({ costs }) => of(costs))) / 1_000
  const mean = most(({ passed, translated }) => translated.mean - passed.mean)
  const p50 = most(({ passed, translated }) => translated.p50 - passed.p50)
  const goal = (what: string, wanted: number, measured: number): Goal => ({
    what,
    goal: `≤ ${wanted} ms`,
    measured: `${measured.toFixed(4)} ms`,
    reached: quiet ? measured <= wanted : undefined,
  })
  return [
    goal('translation, added to a request, p50', MOST_REQUEST_MS, addedToRequest / 1_000),
    goal('translation, added to an event, mean', MOST_EVENT_MS, mean),
    goal('translation, added to an event, p50', MOST_EVENT_MS, p50),
  ]
}

function allPairs(pairs: PairFigures[]): Section {
  const growths = pairs.flatMap(({ kept }) => [kept.text, kept.call].flatMap((read) => (read === undefined ? [] : [growthOf(read)])))
  const growth = Math.max(...growths)
  const [first, , last] = READ_AFTER
  return {
    title: 'What translation adds: every two dialects',
    about:
      `As above, with fewer requests and streams of ${LONG_STREAM}: the median of what is added to a request and to an event. Kept: heap and ` +
      `buffers after a garbage collection, more than before the stream began, once ${READ_AFTER.join(', ')} events of 4 bytes have been ` +
      'translated. Callers of OpenAI Responses get everything once more at the end, and those of Gemini and Ollama each call whole, so ' +
      'that much of these is kept: 800 kB of text or arguments at the end.',
    table: [
      ['caller', 'upstream', 'request µs', 'text µs', 'arguments µs', 'kept with text, kB', 'kept with arguments, kB'],
      ...pairs.map(({ name, request, text, call, kept }) => [
        TITLES[name.caller],
        TITLES[name.upstream],
        micros(addedMicros(request).p50),
        addedToEvent(text),
        addedToEvent(call),
        keptText(kept.text),
        keptText(kept.call),
      ]),
    ],
    notes: ['Ollama sends each call whole, so there are no events with a piece of its arguments'],
    goals: [
      {
        what: `memory of a translated stream, growth from ${first} to ${last} events`,
        goal: `≤ ${MOST_GROWTH_KB} kB`,
        measured: `${growth.toFixed(0)} kB`,
        reached: growth <= MOST_GROWTH_KB,
      },
    ],
  }
}

function addedMicros({ passed, translated }: TranslationFigures['request']): { p50: number; p99: number } {
  return { p50: (translated.p50Ms - passed.p50Ms) * 1_000, p99: (translated.p99Ms - passed.p99Ms) * 1_000 }
}

function addedToEvent(costs: EventCosts | undefined): string {
  return costs === undefined ? '' : micros(costs.translated.p50 - costs.passed.p50)
}

function growthOf(read: number[]): number {
  return (read.at(-1) ?? Number.NaN) - (read[0] ?? Number.NaN)
}

function keptText(read: number[] | undefined): string {
  return read === undefined ? '' : read.map((kb) => kb.toFixed(0)).join(', ')
}

function micros(value: number): string {
  return value.toFixed(1)
}
