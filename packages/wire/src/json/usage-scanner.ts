import { MISSING_USAGE, type UsageReading } from '../canonical/usage.ts'
import type { UpstreamDialect } from '../dialect.ts'

type UsageMember = UpstreamDialect['usageMember']

const LONGEST_NAME = 64
const LONGEST_USAGE = 16 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What the next string at the top level is. */
type Place = 'name' | 'colon' | 'value'

/**
 * Finds the top-level member that tells usage in a JSON answer of any size as it passes, in constant memory: of the rest only
 * nesting and strings are followed. Of several the last one counts, as for JSON.parse.
 */
export class UsageScanner {
  private readonly member: UsageMember
  private depth = 0
  private begun = false
  private inString = false
  private escaped = false
  private place: Place = 'name'
  private name: number[] | undefined
  private capture: number[] | undefined
  private captured: string | undefined

  constructor(member: UsageMember) {
    this.member = member
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at++) {
      if (this.inString) at = this.inside(chunk, at)
      else this.outside(chunk[at] ?? 0)
    }
  }

  /** Whether one object began and ended: what ends before that is cut off, whatever its framing says. */
  get whole(): boolean {
    return this.begun && this.depth === 0 && !this.inString
  }

  result(): UsageReading {
    if (this.captured === undefined) return MISSING_USAGE
    try {
      return this.member.read(JSON.parse(this.captured))
    } catch {
      return MISSING_USAGE
    }
  }

  /** Handles a byte of a string, or skips to the next that matters. Returns the last offset handled. */
  private inside(chunk: Buffer, from: number): number {
    const at = this.name === undefined && this.capture === undefined && !this.escaped ? nextMark(chunk, from) : from
    if (at < chunk.length) this.stringByte(chunk[at] ?? 0)
    return at
  }

  private stringByte(byte: number): void {
    this.keep(byte)
    if (this.escaped) {
      this.escaped = false
    } else if (byte === BACKSLASH) {
      this.escaped = true
    } else if (byte === QUOTE) {
      this.inString = false
      if (this.name !== undefined) this.place = 'colon'
    }
    if (this.inString && this.name !== undefined && this.name.length <= LONGEST_NAME) this.name.push(byte)
  }

  private outside(byte: number): void {
    const top = this.depth === 1
    if (byte === QUOTE) {
      this.inString = true
      if (top && this.place === 'name') this.name = []
    } else if (byte === 0x7b || byte === 0x5b) {
      this.depth++
      this.begun = true
    } else if (byte === 0x7d || byte === 0x5d) {
      this.depth--
      if (this.depth === 0) this.endMember()
    } else if (byte === 0x3a && top && this.place === 'colon') {
      this.startValue()
      return
    } else if (byte === 0x2c && top) {
      this.endMember()
      return
    }
    this.keep(byte)
  }

  private startValue(): void {
    this.capture = isNamed(this.name ?? [], this.member.name) ? [] : undefined
    this.name = undefined
    this.place = 'value'
  }

  private endMember(): void {
    if (this.capture !== undefined) this.captured = Buffer.from(this.capture).toString('utf8')
    this.capture = undefined
    this.name = undefined
    this.place = 'name'
  }

  private keep(byte: number): void {
    if (this.capture !== undefined && this.capture.length <= LONGEST_USAGE) this.capture.push(byte)
  }
}

/** Offset of the next quote or backslash, or the length of the chunk. */
function nextMark(chunk: Buffer, from: number): number {
  let at = from
  while (at < chunk.length && chunk[at] !== QUOTE && chunk[at] !== BACKSLASH) at++
  return at
}

function isNamed(name: number[], wanted: string): boolean {
  const raw = Buffer.from(name).toString('utf8')
  if (raw === wanted) return true
  if (!raw.includes('\\')) return false
  try {
    return JSON.parse(`"${raw}"`) === wanted
  } catch {
    return false
  }
}
