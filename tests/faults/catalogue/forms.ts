import { gzipSync } from 'node:zlib'
import { events, pieces, scriptOf } from '../../support/faults.ts'
import type { Behaviour } from '../../support/upstream.ts'
import { brokenOff, faultsOf } from './fault.ts'
import { healthy, OK } from './healthy.ts'

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
export const FORMS = faultsOf('stream', [
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
    does: 'sends an event of 17 MB',
    upstream: events((say) => [say.role, ...say.words(5), `data: ${'x'.repeat(17_000_000)}\n\n`]),
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
