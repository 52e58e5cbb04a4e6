import { events, raw, scriptOf, silentBeforeHead } from '../../support/faults.ts'
import type { Script } from '../../support/faults.ts'
import type { Behaviour, Exchange } from '../../support/upstream.ts'
import { pause } from '../../support/wait.ts'
import { brokenOff, faultsOf, TIMED_OUT } from './fault.ts'
import type { Due } from './fault.ts'
import { healthy, OK, USAGE, whole } from './healthy.ts'

/** Writes parts, so many milliseconds after one another, then ends properly or stays open. */
function paced(everyMs: number, parts: (exchange: Exchange) => string[], open = false): Behaviour {
  return async (exchange) => {
    const type = exchange.body['stream'] === true ? 'text/event-stream' : 'application/json'
    exchange.response.writeHead(200, { 'content-type': type })
    exchange.response.flushHeaders()
    for (const part of parts(exchange)) {
      await pause(everyMs)
      exchange.response.write(part)
    }
    if (!open) exchange.response.end()
  }
}

function streamed(parts: (say: Script) => string[]): (exchange: Exchange) => string[] {
  return ({ model }) => parts(scriptOf(model))
}

/** Stays open and says no more. */
const SILENCES: { name: string; does: string; sent: (say: Script) => string[]; due: Due }[] = [
  { name: 'after-head', does: 'before the first event', sent: () => [], due: brokenOff(0, 'provider_timeout') },
  { name: 'after-role', does: 'before the first word', sent: (say) => [say.role], due: brokenOff(0, 'provider_timeout') },
  {
    name: 'mid-event',
    does: 'within an event',
    sent: (say) => [say.role, ...say.words(3), say.word.slice(0, 40)],
    due: brokenOff(3, 'provider_timeout'),
  },
  { name: 'mid-stream', does: 'after five words', sent: (say) => [say.role, ...say.words(5)], due: brokenOff(5, 'provider_timeout') },
  {
    name: 'before-usage',
    does: 'between the finish reason and the usage',
    sent: (say) => [say.role, ...say.words(5), say.finish],
    due: brokenOff(5, 'provider_timeout'),
  },
  {
    name: 'before-done',
    does: 'between the usage and the terminator',
    sent: (say) => healthy(say).slice(0, -1),
    due: { gets: 'error-event', code: 'provider_timeout', words: 5, charge: { by: 'usage', usage: USAGE } },
  },
]

const SILENT = faultsOf('timing', [
  { name: 'silent', does: 'accepts the call and never answers', upstream: silentBeforeHead, both: TIMED_OUT, slow: true },
  {
    name: 'half-head',
    does: 'falls silent within its head',
    upstream: raw('HTTP/1.1 200 OK\r\ncontent-ty', 'open'),
    both: TIMED_OUT,
    slow: true,
  },
  {
    name: 'half-body',
    does: 'falls silent within its body',
    upstream: paced(0, (exchange) => [whole(exchange).slice(0, 50)], true),
    whole: TIMED_OUT,
    slow: true,
  },
  { name: 'no-body', does: 'falls silent after its head', upstream: paced(0, () => [], true), whole: TIMED_OUT, slow: true },
  ...SILENCES.map(({ name, does, sent, due }) => ({
    name: `silent-${name}`,
    does: `falls silent ${does}`,
    upstream: events(sent, 'open'),
    streamed: due,
    slow: true,
  })),
])

const SLOW = faultsOf('timing', [
  { name: 'late-head', does: 'answers late', upstream: later(300, (exchange) => paced(0, partsOf)(exchange)), both: OK },
  { name: 'trickle', does: 'sends each part after a pause', upstream: paced(40, partsOf), both: OK },
  {
    name: 'byte-trickle',
    does: 'sends its body a few bytes at a time',
    upstream: paced(
      2,
      (exchange) =>
        partsOf(exchange)
          .join('')
          .match(/[^]{1,16}/g) ?? [],
    ),
    both: OK,
  },
  {
    name: 'late-usage',
    does: 'sends its usage and terminator after a pause',
    upstream: paced(
      300,
      streamed((say) => [[say.role, ...say.words(5), say.finish].join(''), say.usage(USAGE), say.done]),
    ),
    streamed: OK,
  },
  {
    name: 'stays-open',
    does: 'sends its terminator and keeps the connection open',
    upstream: paced(0, streamed(healthy), true),
    streamed: OK,
  },
  {
    name: 'comments',
    does: 'sends nothing but comments for a while',
    upstream: paced(
      50,
      streamed((say) => [...Array.from({ length: 20 }, () => ': thinking\n\n'), ...healthy(say)]),
    ),
    streamed: OK,
  },
])

function partsOf(exchange: Exchange): string[] {
  if (exchange.body['stream'] === true) return healthy(scriptOf(exchange.model))
  return whole(exchange).match(/[^]{1,100}/g) ?? []
}

function later(ms: number, behaviour: Behaviour): Behaviour {
  return async (exchange) => {
    await pause(ms)
    await behaviour(exchange)
  }
}

/** When it comes, and when it does not. */
export const TIMING = [...SILENT, ...SLOW]
