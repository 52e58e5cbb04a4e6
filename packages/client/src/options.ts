import type { Denied } from './denied.ts'
import type { Alternative } from './problem.ts'

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What a client may do about a refusal by itself. Without any of it, it waits where waiting helps, and nothing else. */
export interface Policy {
  /** Within which bounds it waits and sends again. False: never. */
  wait?: Partial<WaitBounds> | false
  /** Ask for a shorter answer where the gateway says that one is affordable; `atLeast`: not for fewer tokens than that. */
  lowerMaxTokens?: boolean | { atLeast: number }
  /** Use another model where the gateway offers one: any, or those for which this says yes. */
  takeAlternative?: boolean | ((offered: Alternative, denied: Denied) => boolean)
  /**
   * Called where paying would help. Whatever pays (a person, a wallet, the operator) is yours; true: it is paid, send the
   * request again. Called once a request for each code, so that nobody pays twice for the same refusal.
   */
  pay?: (denied: Denied, signal: AbortSignal | undefined) => boolean | Promise<boolean>
  /** Told of everything that was done, before the request is sent again. */
  onMend?: (mend: Mend, denied: Denied) => void
}

export interface WaitBounds {
  /** How often one request is sent again after waiting. */
  tries: number
  /** The longest single wait, in seconds; where the gateway asks for more, the refusal is the answer at once. */
  longest: number
  /** The longest time that one request waits altogether, in seconds. */
  total: number
}

/** Something that was done about a refusal. */
export type Mend =
  | { did: 'waited'; seconds: number }
  | { did: 'lowered'; to: number }
  | { did: 'changed_model'; model: string }
  | { did: 'paid' }

/** Where the gateway is, and how to reach it. */
export interface Connection {
  /** The gateway's address, such as `https://gateway.example`, without `/v1`. */
  url: string
  /** Sent to that address alone, and only where the request has no credential of its own. */
  key?: string
  /** What really sends; absent: the platform's `fetch`. */
  fetch?: Fetch
}

export type Options = Connection & Policy

/** Time and randomness. */
export interface World {
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>
  /** From 0 to below 1. */
  random(): number
}

export const WORLD: World = {
  random: Math.random,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal?.reason as Error)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, milliseconds)
      if (signal?.aborted === true) stop()
      else signal?.addEventListener('abort', stop, { once: true })
    }),
}

const BOUNDS: WaitBounds = { tries: 4, longest: 60, total: 120 }

export function waitBounds({ wait }: Policy): WaitBounds {
  if (wait === false) return { tries: 0, longest: 0, total: 0 }
  return { ...BOUNDS, ...wait }
}
