import type { ApiEntry, Nano } from '@faregate/core'
import type { ApiUpstream } from './upstreams/compiled.ts'

/** The published APIs of the configuration in force. */
export interface ApiDirectory {
  /** What is published at the beginning of a path, and the rest of the path: empty, or from its slash on. */
  find(path: string): { value: PublishedApi; rest: string } | undefined
}

export interface PublishedApi {
  entry: ApiEntry
  upstream: ApiUpstream
  /** The route of a method and of the path below the prefix, as it was sent. */
  route: (method: string, rest: string) => FoundRoute
}

export type FoundRoute =
  | { kind: 'route'; route: PricedRoute }
  /** The path is there, for these methods. */
  | { kind: 'method'; allow: string[] }
  | { kind: 'nothing'; didYouMean: string[] }
  /** Servers read such a path in different ways. */
  | { kind: 'unreadable'; reason: string }

export interface PricedRoute {
  /** As people name it: `GET /forecast/{city}`. */
  name: string
  /** Of one call, nano-units; 0 where it is declared free, undefined where nothing is said. */
  price: Nano | undefined
  /** Whether an answer of this status is charged. */
  charges(status: number): boolean
  /** Switched off. */
  off: boolean
}

/** What a request calls, once it is found. */
export interface ApiTarget {
  api: ApiEntry
  upstream: ApiUpstream
  route: PricedRoute
  /** The path below the prefix. */
  rest: string
}
