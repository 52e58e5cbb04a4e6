import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audioSeconds } from '../../src/endpoints/audio/seconds.ts'

const bytes = (...values: number[]): Buffer => Buffer.from(values)
const u16 = (value: number): Buffer => bytes(value & 255, value >> 8)
const u32 = (value: number): Buffer => Buffer.from(new Uint32Array([value]).buffer)
const be32 = (value: number): Buffer => Buffer.from(u32(value)).swap32()
const text = (value: string): Buffer => Buffer.from(value, 'latin1')
const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts)

function wav(seconds: number, more: { byteRate?: number; size?: number } = {}): Buffer {
  const data = Buffer.alloc(seconds * 32_000)
  const format = join(u16(1), u16(1), u32(16_000), u32(more.byteRate ?? 32_000), u16(2), u16(16))
  return join(
    text('RIFF'),
    u32(0),
    text('WAVE'),
    text('LIST'),
    u32(4),
    u32(0),
    text('fmt '),
    u32(16),
    format,
    text('data'),
    u32(more.size ?? data.length),
    data,
  )
}

/** Frames of MPEG-1, layer 3, 128 kbit/s, 44.1 kHz. */
function mp3(frames: number, head = bytes(0xff, 0xfb, 0x90, 0x00)): Buffer {
  return join(...Array.from({ length: frames }, () => join(head, Buffer.alloc(413))))
}

function page(position: bigint, content: Buffer): Buffer {
  const head = Buffer.alloc(14)
  head.write('OggS')
  head.writeBigUInt64LE(position, 6)
  return join(head, content)
}

function box(name: string, content: Buffer): Buffer {
  return join(be32(content.length + 8), text(name), content)
}

const CLUSTER = bytes(0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x82)

const LENGTHS: [what: string, audio: Buffer, seconds: number][] = [
  ['WAV', wav(3), 3],
  ['WAV whose head lies about its rate', wav(3, { byteRate: 4_000_000 }), 3],
  ['WAV that was written as it came', wav(2, { size: 0xffff_ffff }), 2],
  ['FLAC', join(text('fLaC'), bytes(0, 0, 0, 34), Buffer.alloc(10), bytes(0x0a, 0xc4, 0x42, 0xf0), be32(441_000), Buffer.alloc(16)), 10],
  [
    'Ogg Opus',
    join(page(0n, text('OpusHead........')), page(48_000n * 7n, Buffer.alloc(9)), page(0xffff_ffff_ffff_ffffn, Buffer.alloc(9))),
    7,
  ],
  [
    'Ogg Vorbis',
    join(page(0n, join(bytes(1), text('vorbis'), Buffer.alloc(5), u32(22_050), Buffer.alloc(8))), page(22_050n * 4n, Buffer.alloc(9))),
    4,
  ],
  [
    'MP4',
    join(box('ftyp', text('M4A ')), box('moov', box('mvhd', join(Buffer.alloc(12), be32(1_000), be32(12_500), Buffer.alloc(80))))),
    12.5,
  ],
  [
    'MP4 with long numbers',
    join(box('ftyp', text('M4A ')), box('moov', box('mvhd', join(bytes(1, 0, 0, 0), Buffer.alloc(16), be32(600), be32(0), be32(1_200))))),
    2,
  ],
  [
    'WebM',
    join(
      bytes(0x1a, 0x45, 0xdf, 0xa3),
      bytes(0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40),
      bytes(0x44, 0x89, 0x84),
      bytes(0x45, 0x9c, 0x40, 0x00),
    ),
    5,
  ],
  [
    'WebM that was written as it came',
    join(bytes(0x1a, 0x45, 0xdf, 0xa3), CLUSTER, bytes(0, 0), Buffer.alloc(9), CLUSTER, bytes(0x27, 0x10), Buffer.alloc(9)),
    10 + 32.768,
  ],
  ['MP3', mp3(100), (100 * 1_152) / 44_100],
  ['MP3 behind a tag', join(text('ID3'), bytes(4, 0, 0, 0, 0, 1, 0), Buffer.alloc(128, 0xff), mp3(100)), (100 * 1_152) / 44_100],
  [
    'MP3 of speech, MPEG-2, 32 kbit/s',
    join(...Array.from({ length: 50 }, () => join(bytes(0xff, 0xf3, 0x40, 0x00), Buffer.alloc(100)))),
    (50 * 576) / 22_050,
  ],
]

for (const [what, audio, seconds] of LENGTHS) {
  test(`U7: how long it is, ${what}`, () => {
    const measured = audioSeconds(audio)
    assert.ok(Math.abs(measured - seconds) < 0.01, `${measured} instead of ${seconds}`)
  })
}

test('M11: what cannot be measured is as long as its bytes can hold at most, and no file is shorter than that', () => {
  assert.equal(audioSeconds(Buffer.alloc(5_000)), 5)
  assert.equal(audioSeconds(Buffer.alloc(0)), 0)
  const understated = join(page(0n, text('OpusHead........')), page(48n, Buffer.alloc(640_000)))
  assert.ok(audioSeconds(understated) >= 10)
  for (const head of ['RIFF', 'fLaC', 'OggS', 'ID3']) assert.ok(audioSeconds(text(`${head}${'\0'.repeat(40)}`)) > 0, head)
})

test('whatever bytes come as audio, they have a length', () => {
  for (const [, audio] of LENGTHS) {
    for (let cut = 0; cut < Math.min(audio.length, 200); cut++) {
      const seconds = audioSeconds(audio.subarray(0, cut))
      assert.ok(Number.isFinite(seconds) && seconds >= 0)
    }
  }
})
