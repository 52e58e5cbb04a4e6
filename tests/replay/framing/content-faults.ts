/** Faults in what an answer says, not in whether it comes. */
import { gzipSync } from 'node:zlib'
import { count, pieces, type Fault } from './fault.ts'
import type { Prepared } from './prepared.ts'
import { withoutUsage } from './without-usage.ts'

export const CONTENT_FAULTS: Fault[] = [
  {
    name: 'truncated',
    about: 'the last piece of JSON is cut in half, and the answer ends in order',
    apply: (answer) => {
      const all = pieces(answer)
      const at = all.findLastIndex((piece) => piece.includes('{'))
      const half = all[at] ?? Buffer.alloc(0)
      return { ...answer, steps: [...all.slice(0, at), half.subarray(0, Math.ceil(half.length / 2)), 'end'] }
    },
  },
  {
    name: 'garbage',
    about: 'an event that is no JSON, after N events',
    apply: (answer, context) => {
      const all = pieces(answer)
      const kept = count(context, 1)
      const junk = Buffer.from(context.framing === 'ndjson' ? '{"broken\n' : 'data: {"broken\n\n')
      return { ...answer, steps: [...all.slice(0, kept), junk, ...all.slice(kept), 'end'] }
    },
  },
  { name: 'no-usage', about: 'the answer says nothing of usage', apply: (answer, context) => withoutUsage(answer, context.framing) },
  {
    name: 'ping',
    about: 'comments between the events of a stream',
    apply: (answer) => every(answer, (piece) => Buffer.concat([Buffer.from(': ping\n\n'), piece])),
  },
  {
    name: 'crlf',
    about: 'lines of a stream end in `\\r\\n`',
    apply: (answer) => every(answer, (piece) => Buffer.from(piece.toString('utf8').replaceAll(/\r?\n/g, '\r\n'))),
  },
  {
    name: 'bom',
    about: 'a byte order mark before the first event',
    apply: (answer) => every(answer, (piece, index) => (index === 0 ? Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), piece]) : piece)),
  },
  {
    name: 'multiline',
    about: 'the JSON of an event in several `data:` lines',
    apply: (answer) =>
      every(answer, (piece) => Buffer.from(piece.toString('utf8').replaceAll(/^data: (\{.*\})$/gm, (_, json: string) => dataLines(json)))),
  },
  {
    name: 'gzip',
    about: 'the answer is compressed',
    apply: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-encoding': 'gzip' },
      steps: [gzipSync(Buffer.concat(pieces(answer))), 'end'],
    }),
  },
  {
    name: 'crc',
    about: 'the checksum of the second message of an event stream is wrong',
    apply: (answer) =>
      every(answer, (piece, index) => {
        if (index !== 1) return piece
        const broken = Buffer.from(piece)
        broken.writeUInt32BE((broken.readUInt32BE(broken.length - 4) ^ 1) >>> 0, broken.length - 4)
        return broken
      }),
  },
]

function every(answer: Prepared, change: (piece: Buffer, index: number) => Buffer): Prepared {
  let index = 0
  return { ...answer, steps: answer.steps.map((step) => (Buffer.isBuffer(step) ? change(step, index++) : step)) }
}

/** A JSON text cut at commas between members; a line break is white space there. */
function dataLines(json: string): string {
  return json
    .replaceAll(/,(?="[a-z_]+":)/g, ',\n')
    .split('\n')
    .map((line) => `data: ${line}`)
    .join('\n')
}
