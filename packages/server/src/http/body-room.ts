import type { EventEmitter } from 'node:events'

/** A request that asks for room. */
export interface Guest {
  id: string
  /** Its connection: with its `close` the room is released at the latest. */
  socket: EventEmitter
}

/** A body that waits, and how it is told. */
interface Waiting {
  guest: Guest
  bytes: number
  admit: (admitted: boolean) => void
  timer: NodeJS.Timeout
}

interface Taken {
  bytes: number
  unwatch: () => void
}

/** So much passed through the room is worth giving back once the room is empty. */
const WORTH_GIVING_BACK = 64 * 1024 * 1024

/**
 * Room in memory for large request bodies, shared by all requests: a body that finds none waits, in order of arrival,
 * while its sender is not read from. The room is a request's until it is released.
 */
export class BodyRoom {
  readonly bytes: number
  readonly #taken = new Map<string, Taken>()
  readonly #onEmpty: () => void
  #waiting: Waiting[] = []
  #free: number
  #passed = 0

  /** `onEmpty` is called when the room falls empty after much has passed through it. */
  constructor(bytes: number, onEmpty: () => void) {
    this.bytes = bytes
    this.#free = bytes
    this.#onEmpty = onEmpty
  }

  /** Resolves to whether the request got so many bytes of room within `waitMs`. It takes once. */
  take(guest: Guest, bytes: number, waitMs: number): Promise<boolean> {
    if (this.#waiting.length === 0 && bytes <= this.#free) {
      this.#grant(guest, bytes)
      return Promise.resolve(true)
    }
    return new Promise((admit) => {
      const timer = setTimeout(() => this.#leave(guest.id), waitMs)
      this.#waiting.push({ guest, bytes, admit, timer })
    })
  }

  /** Keeps only so many bytes of what the request has: its body turned out smaller than it might have been. */
  keep(id: string, bytes: number): void {
    const taken = this.#taken.get(id)
    if (taken === undefined || taken.bytes <= bytes) return
    this.#free += taken.bytes - bytes
    taken.bytes = bytes
    this.#admitNext()
  }

  /** Gives back what the request has, or its place among those that wait; nothing where it has neither. */
  release(id: string): void {
    const taken = this.#taken.get(id)
    if (taken === undefined) {
      if (this.#waiting.length > 0) this.#leave(id)
      return
    }
    this.#taken.delete(id)
    taken.unwatch()
    this.#free += taken.bytes
    this.#passed += taken.bytes
    this.#admitNext()
    if (this.#taken.size > 0 || this.#passed < WORTH_GIVING_BACK) return
    this.#passed = 0
    this.#onEmpty()
  }

  #grant({ id, socket }: Guest, bytes: number): void {
    const release = (): void => this.release(id)
    socket.once('close', release)
    this.#taken.set(id, { bytes, unwatch: () => socket.off('close', release) })
    this.#free -= bytes
  }

  #admitNext(): void {
    for (let [next] = this.#waiting; next !== undefined && next.bytes <= this.#free; [next] = this.#waiting) {
      this.#waiting.shift()
      clearTimeout(next.timer)
      this.#grant(next.guest, next.bytes)
      next.admit(true)
    }
  }

  #leave(id: string): void {
    const left = this.#waiting.find(({ guest }) => guest.id === id)
    if (left === undefined) return
    this.#waiting = this.#waiting.filter((waiting) => waiting !== left)
    clearTimeout(left.timer)
    left.admit(false)
    this.#admitNext()
  }
}
