import type { ApiCanary, HttpApi, MeteredPrice, ModelsApi, Nano, PromptApi, RouteRetirement } from '@faregate/core'
import type { Dialect } from '@faregate/wire'
import type { Scheme } from '../callers/caller.ts'
import type { ApiContract, CallChecks } from './contract/port.ts'
import type { ApiUpstream } from './upstreams/compiled.ts'

/** The published APIs of the configuration in force. */
export interface ApiDirectory {
  /** What is published at the beginning of a path, and the rest of the path: empty, or from its slash on. */
  find(path: string): Published | undefined
}

export interface Published {
  value: PublishedApi | PublishedPrompt | PublishedModels
  rest: string
}

export interface PublishedApi {
  kind: 'http'
  entry: HttpApi
  upstream: ApiUpstream
  /** In which ways callers prove who they are; undefined: as on every other route, with a key. */
  schemes: readonly Scheme[] | undefined
  /** The route of a method and of the path below the prefix, as it was sent. */
  route: (method: string, rest: string) => FoundRoute
  /** What is tried beside it; absent: nothing. */
  canary?: ApiCanary<PublishedApi> | undefined
  /** What its calls are compared with; absent: nothing. `unavailable`: it should be, and cannot. */
  contract?: ApiContract | 'unavailable' | undefined
}

/** A prompt: a call of it is one of its model, in words of its own. */
export interface PublishedPrompt {
  kind: 'prompt'
  entry: PromptApi
  dialect: Dialect
  /** In which ways callers prove who they are; undefined: as on every other route, with a key. */
  schemes: readonly Scheme[] | undefined
  /** Its OpenAPI document, for those who may call it. */
  document: () => string
  canary?: ApiCanary<PublishedPrompt> | undefined
}

/** Models under names of the API's own: below its prefix stands what the gateway has at its root. */
export interface PublishedModels {
  kind: 'model'
  entry: ModelsApi
  schemes: readonly Scheme[] | undefined
  /** Its OpenAPI document, for those who may call it. */
  document: () => string
  canary?: ApiCanary<PublishedModels> | undefined
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
  /** What goes through it costs something beside that. */
  metered?: MeteredPrice
  /** Whether an answer of this status is charged. */
  charges(status: number): boolean
  /** Switched off. */
  off: boolean
  /** It takes handshakes of WebSockets and nothing else. */
  webSocket: boolean
  /** Below the prefix, with its parameters. */
  path: string
  /** How it goes; undefined: it stays. */
  retirement: RouteRetirement | undefined
}

/** What a request calls, once it is found. */
export interface ApiTarget {
  api: HttpApi
  upstream: ApiUpstream
  route: PricedRoute
  /** The path below the prefix. */
  rest: string
  /** How it is compared with the document of the API; absent: it is not. */
  checks?: CallChecks | undefined
}
