import { flacSeconds } from './flac.ts'
import { mp3Seconds } from './mp3.ts'
import { mp4Seconds } from './mp4.ts'
import { oggSeconds } from './ogg.ts'
import { wavSeconds } from './wav.ts'
import { webmSeconds } from './webm.ts'

interface Format {
  begins: (audio: Buffer) => boolean
  /** What its head and frames tell; undefined where they do not. */
  seconds: (audio: Buffer) => number | undefined
  /** The most bytes that a second of it takes: what is told cannot be shorter than that. */
  mostBytes: number
}

const FORMATS: Format[] = [
  { begins: (audio) => ascii(audio, 0, 4) === 'RIFF' && ascii(audio, 8, 12) === 'WAVE', seconds: wavSeconds, mostBytes: 6_144_000 },
  { begins: (audio) => ascii(audio, 0, 4) === 'fLaC', seconds: flacSeconds, mostBytes: 6_144_000 },
  { begins: (audio) => ascii(audio, 0, 4) === 'OggS', seconds: oggSeconds, mostBytes: 64_000 },
  { begins: (audio) => ascii(audio, 4, 8) === 'ftyp', seconds: mp4Seconds, mostBytes: 192_000 },
  { begins: (audio) => audio.length > 4 && audio.readUInt32BE(0) === 0x1a45dfa3, seconds: webmSeconds, mostBytes: 192_000 },
  { begins: (audio) => ascii(audio, 0, 3) === 'ID3' || isMp3Sync(audio), seconds: mp3Seconds, mostBytes: 40_000 },
]

/** The lowest bit rate of speech that is in use, 8 kbit/s: what cannot be measured holds no more seconds than that. */
const LEAST_BYTES_PER_SECOND = 1_000

/** How long audio is, as its own head and frames tell; where they do not, how long it can be at most. */
export function audioSeconds(audio: Buffer): number {
  const format = FORMATS.find(({ begins }) => begins(audio))
  const told = format?.seconds(audio)
  if (format === undefined || told === undefined || !Number.isFinite(told) || told <= 0) return audio.length / LEAST_BYTES_PER_SECOND
  return Math.max(told, audio.length / format.mostBytes)
}

function ascii(audio: Buffer, from: number, to: number): string {
  return audio.toString('latin1', from, to)
}

function isMp3Sync(audio: Buffer): boolean {
  return audio.length > 2 && audio[0] === 0xff && ((audio[1] ?? 0) & 0xe0) === 0xe0
}
