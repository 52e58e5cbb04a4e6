import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDenial, type Denial } from '@faregate/core'
import { MOST_CHECKED_BYTES, takenBody } from '../../src/apis/contract/checked-body.ts'
import type { Inbound } from '../../src/edge.ts'

const FREE = 1_000
const FULL: Denial = { code: 'request_too_large', detail: 'no room' }

/** A request with a body of so many bytes, in pieces of 400, and what room it asked for. */
function sending(bytes: number, { declared, full = false }: { declared: boolean; full?: boolean }) {
  const asked: number[] = []
  let read = 0
  async function* pieces(): AsyncGenerator<Buffer> {
    for (; read < bytes;) {
      const piece = Buffer.alloc(Math.min(400, bytes - read))
      read += piece.length
      yield piece
    }
  }
  const room: Inbound['room'] = {
    free: FREE,
    take: (wanted) => {
      asked.push(wanted)
      return Promise.resolve(full ? FULL : undefined)
    },
  }
  const headers = declared ? { 'content-length': String(bytes) } : { 'transfer-encoding': 'chunked' }
  const inbound: Inbound = {
    id: 'req_1',
    ip: '',
    method: 'POST',
    path: '/',
    query: '',
    headers,
    body: Buffer.alloc(0),
    unread: pieces,
    room,
  }
  return { inbound, asked, read: () => read }
}

for (const [name, bytes, how, asked] of [
  ['a small one takes no room', FREE, { declared: true }, []],
  ['a small one of unknown length takes none', FREE, { declared: false }, []],
  ['a large one takes as much as it says', 5_000, { declared: true }, [5_000]],
  ['one that turns out to be large takes what is compared at most, once', 5_000, { declared: false }, [MOST_CHECKED_BYTES]],
] as const) {
  test(`a body that is compared with a document: ${name}`, async () => {
    const sent = sending(bytes, how)
    const body = await takenBody(sent.inbound)
    assert.deepEqual([Buffer.isBuffer(body) && body.length, sent.asked], [bytes, asked])
  })
}

for (const declared of [true, false]) {
  test(`a body that is compared with a document is refused where there is no room, ${declared ? 'before' : 'as soon as'} any of it is too much`, async () => {
    const sent = sending(50_000, { declared, full: true })
    const refused = await takenBody(sent.inbound)
    assert.ok(isDenial(refused))
    assert.equal(refused.code, 'request_too_large')
    assert.ok(sent.read() <= (declared ? 0 : FREE + 400), `${sent.read()} bytes were read`)
  })
}
