import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Canary } from './canaries.ts'
import { formsOf } from './forms.ts'

/** A secret where it must not be. */
export interface Leak {
  canary: Canary
  /** How it is written there. */
  form: string
  place: string
  offset: number
}

interface Pattern {
  canary: Canary
  form: string
  bytes: Buffer
}

const PIECE = 4 * 1024 * 1024
/** A secret found so often in one place is known well enough. */
const MOST_LEAKS = 5

/**
 * Searches bytes for many secrets in all their forms at once: what follows each position is looked up by its first four
 * bytes, so that the time depends on how much is searched, and hardly on how many secrets there are.
 */
export class ByteSearch {
  readonly #patterns = new Map<number, Pattern[]>()
  readonly #maybe = new Uint8Array(1 << 20)
  #longest = 0

  constructor(canaries: readonly Canary[]) {
    for (const canary of canaries) {
      for (const { name, bytes } of formsOf(canary.text)) {
        const first = bytes.readUInt32LE(0)
        this.#patterns.set(first, [...(this.#patterns.get(first) ?? []), { canary, form: name, bytes }])
        this.#maybe[slot(first)] = 1
        this.#longest = Math.max(this.#longest, bytes.length)
      }
    }
  }

  inBytes(bytes: Buffer, place: string): Leak[] {
    const leaks: Leak[] = []
    if (bytes.length < 4) return leaks
    let window = bytes.readUIntLE(0, 3) << 8
    for (let at = 3; at < bytes.length && leaks.length < MOST_LEAKS; at++) {
      window = (window >>> 8) | ((bytes[at] ?? 0) << 24)
      if (this.#maybe[slot(window)] === 0) continue
      for (const pattern of this.#patterns.get(window >>> 0) ?? []) {
        const offset = at - 3
        const end = offset + pattern.bytes.length
        if (end > bytes.length || bytes.compare(pattern.bytes, 0, pattern.bytes.length, offset, end) !== 0) continue
        leaks.push({ canary: pattern.canary, form: pattern.form, place, offset })
      }
    }
    return leaks
  }

  inText(text: string, place: string): Leak[] {
    return this.inBytes(Buffer.from(text), place)
  }

  /** Reads a file piece by piece, each with the end of the one before. */
  inFile(path: string, place: string): Leak[] {
    const leaks: Leak[] = []
    const file = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(PIECE)
      for (let at = 0; leaks.length < MOST_LEAKS; at += PIECE - this.#longest) {
        const length = readSync(file, buffer, 0, PIECE, at)
        leaks.push(...this.inBytes(buffer.subarray(0, length), place).map((leak) => ({ ...leak, offset: leak.offset + at })))
        if (length < PIECE) break
      }
    } finally {
      closeSync(file)
    }
    return leaks
  }

  /** Every file below a folder; `allowed` says which secret a file is there to hold. */
  inFolder(folder: string, allowed: (file: string, canary: Canary) => boolean): Leak[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .flatMap((path) => this.inFile(path, relative(folder, path)))
      .filter(({ place, canary }) => !allowed(place, canary))
  }
}

function slot(first: number): number {
  return Math.imul(first, 0x9e3779b1) >>> 12
}

export function describeLeak({ canary, form, place, offset }: Leak): string {
  return `${canary.kind} "${canary.text}" ${form}: ${place}, byte ${offset}`
}
