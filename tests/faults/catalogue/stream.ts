import { gzipSync } from 'node:zlib'
import { usage } from '../../support/behaviours.ts'
import { endless, events, openaiError, pieces, scriptOf } from '../../support/faults.ts'
import type { Ending, Script } from '../../support/faults.ts'
import type { Behaviour } from '../../support/upstream.ts'
import { answered, brokenOff, counted, FAILED, faultsOf, refused } from './fault.ts'
import type { Due } from './fault.ts'

const USAGE = usage(10, 5)
const OK = answered(5, USAGE)
const ERROR = `data: ${JSON.stringify(openaiError('internal engine failure at 10.1.2.3', 'server_error', null))}\n\n`
const RATE = openaiError('slow down', 'requests', 'rate_limit_exceeded')

function half(event: string): string {
  return event.slice(0, Math.floor(event.length / 2))
}

/** A healthy stream of five words, ready to be spoilt. */
function healthy(say: Script): string[] {
  return [say.role, ...say.words(5), say.finish, say.usage(USAGE), say.done]
}

/** Where a stream can be cut, and what the caller then has. A proper end is no cut where the answer is whole by then. */
const PLACES: { name: string; what: string; sent: (say: Script) => string[]; due: Due; properEnd?: Due }[] = [
  { name: 'after-head', what: 'before the first event', sent: () => [], due: FAILED },
  { name: 'mid-first', what: 'within the first event', sent: (say) => [half(say.role)], due: FAILED },
  { name: 'after-role', what: 'before the first word', sent: (say) => [say.role], due: brokenOff(0) },
  { name: 'mid-event', what: 'within the fourth word', sent: (say) => [say.role, ...say.words(3), half(say.word)], due: brokenOff(3) },
  {
    name: 'mid-terminator',
    what: 'between the two line feeds that end an event',
    sent: (say) => [say.role, ...say.words(3), say.word.slice(0, -1)],
    due: brokenOff(3),
  },
  { name: 'between-events', what: 'after the fifth word', sent: (say) => [say.role, ...say.words(5)], due: brokenOff(5) },
  {
    name: 'after-finish',
    what: 'before its usage',
    sent: (say) => [say.role, ...say.words(5), say.finish],
    due: brokenOff(5),
    properEnd: counted(5),
  },
  {
    name: 'mid-usage',
    what: 'within its usage',
    sent: (say) => [say.role, ...say.words(5), say.finish, half(say.usage(USAGE))],
    due: brokenOff(5),
  },
  {
    name: 'after-usage',
    what: 'before its terminator',
    sent: (say) => healthy(say).slice(0, -1),
    due: { gets: 'error-event', code: 'provider_error', words: 5, charge: { by: 'usage', usage: USAGE } },
    properEnd: OK,
  },
  {
    name: 'mid-done',
    what: 'within its terminator',
    sent: (say) => [...healthy(say).slice(0, -1), 'data: [DO'],
    due: { gets: 'error-event', code: 'provider_error', words: 5, charge: { by: 'usage', usage: USAGE } },
  },
]

const WAYS: { ending: Ending; name: string; does: string }[] = [
  { ending: 'end', name: 'cut', does: 'ends its stream as if it were whole' },
  { ending: 'close', name: 'close', does: 'closes its stream without the end of the framing' },
  { ending: 'reset', name: 'reset', does: 'resets its stream' },
]

const CUTS = faultsOf(
  'stream',
  WAYS.flatMap(({ ending, name, does }) =>
    PLACES.map((place) => ({
      name: `${name}-${place.name}`,
      does: `${does} ${place.what}`,
      upstream: events(place.sent, ending),
      streamed: dueOf(place, ending),
    })),
  ),
)

/** A reset can overtake what was sent before it. */
function dueOf({ due, properEnd }: (typeof PLACES)[number], ending: Ending): Due {
  if (ending === 'end') return properEnd ?? due
  return ending === 'reset' && due.gets === 'error-event' ? { ...due, upTo: true } : due
}

const ERRORS = faultsOf('stream', [
  { name: 'error-first', does: 'sends an error as its first event', upstream: events(() => [ERROR]), streamed: FAILED },
  {
    name: 'error-first-429',
    does: 'sends an error with the code 429 as its first event',
    upstream: events(() => [`data: ${JSON.stringify({ error: { ...RATE, code: 429 } })}\n\n`]),
    streamed: refused(503, 'provider_rate_limited'),
  },
  {
    name: 'error-after-comments',
    does: 'sends comments, then an error',
    upstream: events(() => [': PROCESSING\n\n', ': PROCESSING\n\n', ERROR]),
    streamed: FAILED,
  },
  {
    name: 'error',
    does: 'sends an error after five words',
    upstream: events((say) => [say.role, ...say.words(5), ERROR]),
    streamed: brokenOff(5),
  },
  {
    name: 'error-then-done',
    does: 'sends an error after five words, then ends as if all were well',
    upstream: events((say) => [say.role, ...say.words(5), ERROR, say.finish, say.usage(USAGE), say.done]),
    streamed: brokenOff(5),
  },
  {
    name: 'error-event',
    does: 'sends an event named error',
    upstream: events((say) => [say.role, ...say.words(5), 'event: error\ndata: overloaded\n\n']),
    streamed: brokenOff(5),
  },
  {
    name: 'error-text',
    does: 'sends an error as text',
    upstream: events((say) => [say.role, ...say.words(5), 'data: {"error":"overloaded"}\n\n']),
    streamed: brokenOff(5),
  },
  {
    name: 'error-finish',
    does: 'ends its choice with finish reason error',
    upstream: events((say) => [say.role, ...say.words(5), say.finish.replace('"stop"', '"error"'), say.done]),
    streamed: brokenOff(5),
  },
])

/** Four times the limit of fifty, in whole slices of eight after the limit. */
const ENDLESS = 202

const ENDS = faultsOf('stream', [
  {
    name: 'after-done',
    does: 'goes on after its terminator',
    upstream: events((say) => [...healthy(say), ...say.words(5), ERROR, say.done]),
    streamed: OK,
  },
  { name: 'done-twice', does: 'sends its terminator twice', upstream: events((say) => [...healthy(say), say.done]), streamed: OK },
  {
    name: 'done-unterminated',
    does: 'leaves out the blank line behind its terminator',
    upstream: events((say) => [...healthy(say).slice(0, -1), 'data: [DONE]']),
    streamed: OK,
  },
  {
    name: 'done-unfinished',
    does: 'sends its terminator without a finish reason or usage',
    upstream: events((say) => [say.role, ...say.words(5), say.done]),
    streamed: counted(5),
  },
  { name: 'done-only', does: 'sends its terminator and nothing else', upstream: events((say) => [say.done]), streamed: counted(0) },
  {
    name: 'finish-early',
    does: 'sends the finish reason before the words',
    upstream: events((say) => [say.role, say.finish, ...say.words(5), say.usage(USAGE), say.done]),
    streamed: OK,
  },
  {
    name: 'finish-twice',
    does: 'sends the finish reason twice',
    upstream: events((say) => [say.role, ...say.words(5), say.finish, say.finish, say.usage(USAGE), say.done]),
    streamed: OK,
  },
  {
    name: 'endless',
    does: 'never stops, whatever the limit',
    upstream: endless,
    streamed: { gets: 'error-event', code: 'provider_error', words: ENDLESS, charge: { by: 'count', tokens: ENDLESS } },
  },
  {
    name: 'second-choice',
    does: 'sends two choices where one was asked for',
    upstream: events((say) => [
      say.role,
      ...say.words(3),
      ...say.words(2).map((word) => word.replace('"index":0', '"index":1')),
      say.finish,
      say.done,
    ]),
    streamed: counted(5),
  },
])

function rewritten(change: (wire: string) => string): Behaviour {
  return events((say) => [change(healthy(say).join(''))])
}

function inChunksOf(size: number): Behaviour {
  return events((say) => {
    const wire = healthy(say).join('')
    return Array.from({ length: Math.ceil(wire.length / size) }, (_, i) => wire.slice(i * size, (i + 1) * size))
  })
}

/** Valid streams that look unusual, and streams that hardly count as such: each passes, and is read right. */
const FORMS = faultsOf('stream', [
  { name: 'one-packet', does: 'sends the whole stream at once', upstream: rewritten((wire) => wire), streamed: OK },
  { name: 'byte-by-byte', does: 'sends each byte in a packet of its own', upstream: inChunksOf(1), streamed: OK },
  { name: 'odd-packets', does: 'sends packets that end anywhere', upstream: inChunksOf(97), streamed: OK },
  { name: 'crlf', does: 'ends lines with CR LF', upstream: rewritten((wire) => wire.replaceAll('\n', '\r\n')), streamed: OK },
  { name: 'cr', does: 'ends lines with CR', upstream: rewritten((wire) => wire.replaceAll('\n', '\r')), streamed: OK },
  { name: 'mixed-ends', does: 'ends lines with CR LF, CR and LF in turn', upstream: rewritten(mixEnds), streamed: OK },
  {
    name: 'no-space',
    does: 'leaves out the space after the colon',
    upstream: rewritten((wire) => wire.replaceAll('data: ', 'data:')),
    streamed: OK,
  },
  {
    name: 'fields',
    does: 'sends comments, ids and names of events',
    upstream: rewritten((wire) => `: ping\n\nretry: 10\n\n${wire.replaceAll('data: {', 'id: 7\nevent: message\ndata: {')}`),
    streamed: OK,
  },
  { name: 'bom', does: 'begins with a byte order mark', upstream: rewritten((wire) => `\uFEFF${wire}`), streamed: OK },
  {
    name: 'many-lines',
    does: 'spreads the data of an event over lines',
    upstream: rewritten((wire) => wire.replaceAll(',"choices"', '\ndata: ,"choices"')),
    streamed: OK,
  },
  {
    name: 'blank-lines',
    does: 'sends blank lines between events',
    upstream: rewritten((wire) => wire.replaceAll('\n\n', '\n\n\n\n\n')),
    streamed: OK,
  },
  {
    name: 'foreign',
    does: 'sends events that are no chunks',
    upstream: events((say) => ['data: hello\n\n', 'data: [1,2]\n\n', 'data: {"half":\n\n', 'data\n\n', ...healthy(say)]),
    streamed: OK,
  },
  {
    name: 'type-parameters',
    does: 'writes the content type in capitals, with parameters',
    upstream: events(healthy, 'end', { 'content-type': 'Text/Event-Stream; Charset=UTF-8' }),
    streamed: OK,
  },
  { name: 'gzip', does: 'compresses its stream', upstream: zipped((members) => members), streamed: OK },
  {
    name: 'gzip-cut',
    does: 'compresses its stream and ends within the fourth word',
    upstream: zipped((members) => [...members.slice(0, 4), ...members.slice(4, 5).map((member) => member.subarray(0, member.length / 2))]),
    streamed: brokenOff(3),
  },
  {
    name: 'gzip-broken',
    does: 'compresses its stream and changes to text after the third word',
    upstream: zipped((members) => [...members.slice(0, 4), Buffer.from('data: {"choices":[]}\n\n')]),
    streamed: brokenOff(3),
  },
  {
    name: 'giant-event',
    does: 'sends an event of 2 MB',
    upstream: events((say) => [say.role, ...say.words(5), `data: ${'x'.repeat(2_000_000)}\n\n`]),
    streamed: brokenOff(5),
  },
])

function mixEnds(wire: string): string {
  const ends = ['\r\n', '\n', '\r\n', '\r\n', '\n']
  let next = 0
  return wire.replaceAll('\n', () => ends[next++ % ends.length] ?? '\n')
}

/** Each event compressed by itself, so that what a cut leaves is known. */
function zipped(cut: (members: Buffer[]) => Buffer[]): Behaviour {
  return (exchange) => {
    const members = healthy(scriptOf(exchange.model)).map((event) => gzipSync(event))
    return pieces({ 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }, cut(members))(exchange)
  }
}

/** Streams: where they break, how they end, and how they are written. */
export const STREAM = [...CUTS, ...ERRORS, ...ENDS, ...FORMS]
