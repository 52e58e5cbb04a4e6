/** Milliseconds since the Unix epoch. */
export type Millis = number

/** Where "now" comes from; handed in, so that tests decide what time it is. */
export interface Clock {
  now(): Millis
}

/** Where randomness comes from; handed in for the same reason. */
export interface Random {
  /** Fresh random bytes. */
  bytes(count: number): Uint8Array
  /** A number in [0, 1). */
  fraction(): number
}
