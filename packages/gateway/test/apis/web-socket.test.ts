import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type Duplex, duplexPair } from 'node:stream'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { closeFrame, FrameCursor } from '../../src/apis/web-socket/frames.ts'
import { keyAmongProtocols, protocolFlaw, withoutKey } from '../../src/apis/web-socket/protocols.ts'
import { Tunnel } from '../../src/apis/web-socket/tunnel.ts'

/** A frame with a payload of so many bytes. */
function frame(size: number, masked: boolean): Buffer {
  const length =
    size < 126
      ? [size]
      : size < 65_536
        ? [126, size >> 8, size & 255]
        : [127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((bits) => (size >> bits) & 255)]
  const [first = 0, ...more] = length
  return Buffer.concat([
    Buffer.from([0x82, first | (masked ? 0x80 : 0), ...more, ...(masked ? [1, 2, 3, 4] : [])]),
    Buffer.alloc(size, 0xff),
  ])
}

const FRAMES = [0, 1, 125, 126, 65_535, 65_536].flatMap((size) => [frame(size, false), frame(size, true)])

test('a cursor knows where frames of every form of length end, however their bytes are cut', () => {
  const all = Buffer.concat(FRAMES)
  const ends = new Set(FRAMES.map((_one, index) => FRAMES.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0)))
  for (const step of [1, 2, 3, 7, 1_000, 65_537, all.length]) {
    const cursor = new FrameCursor()
    for (let at = 0; at < all.length; at += step) {
      const piece = all.subarray(at, at + step)
      cursor.pass(piece)
      assert.equal(cursor.between, ends.has(at + piece.length), `at ${at + piece.length}, by ${step}`)
    }
  }
})

test('a cursor stops at the end of one frame within a piece', () => {
  const all = Buffer.concat([frame(3, true), frame(200, false)])
  const cursor = new FrameCursor()
  assert.equal(cursor.read(all, 0), 9)
  assert.equal(cursor.read(all, 9), all.length)
  assert.equal(cursor.between, true)
})

test('a frame of an end carries its code, masked where it goes to a server', () => {
  assert.deepEqual([...closeFrame(1001, false)], [0x88, 2, 3, 233])
  const [first, second, ...rest] = closeFrame(1001, true)
  const [mask, hidden] = [rest.slice(0, 4), rest.slice(4)]
  assert.deepEqual([first, second, hidden.map((byte, index) => byte ^ (mask[index] ?? 0))], [0x88, 0x82, [3, 233]])
})

test('a key among protocols is found by its name, and nothing of it goes on', () => {
  const offered = (value: string) => ({ 'sec-websocket-protocol': value })
  assert.equal(keyAmongProtocols(offered('chat, k.fg_1,k'), 'k'), 'fg_1')
  assert.equal(keyAmongProtocols(offered('chat, kk.fg_1'), 'k'), undefined)
  assert.equal(withoutKey('chat, k.fg_1,k , more', 'k'), 'chat, more')
  assert.equal(withoutKey('k,k.fg_1', 'k'), undefined)
  assert.equal(protocolFlaw(offered('k.fg_1'), 'k')?.code, 'request_invalid')
  for (const sound of ['k,k.fg_1', 'chat,k.fg_1', 'chat', '']) assert.equal(protocolFlaw(offered(sound), 'k'), undefined)
})

test('a connection is idle from the last byte that passed on, and is left then, told so', async () => {
  const [caller, ofCaller] = duplexPair()
  const [upstream, ofUpstream] = duplexPair()
  const startedAt = performance.now()
  const tunnel = new Tunnel(ofCaller, ofUpstream, 1_000)
  const closing = firstOf(caller)
  for (let passed = 0; passed < 5; passed++) {
    await setTimeout(250)
    caller.write(frame(1, true))
    await firstOf(upstream)
  }
  assert.deepEqual([...(await closing)], [...closeFrame(1001, false)])
  assert.ok(performance.now() - startedAt >= 2_200)
  for (const side of [caller, upstream]) side.destroy()
  const { ended, receivedBytes } = await tunnel.ended
  assert.deepEqual([ended, receivedBytes], ['idle', 5 * 7])
})

async function firstOf(side: Duplex): Promise<Buffer> {
  const [piece] = (await once(side, 'data')) as [Buffer]
  return piece
}
