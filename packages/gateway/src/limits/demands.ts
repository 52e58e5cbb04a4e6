import { hash } from 'node:crypto'
import type { LimitRule } from '@faregate/core'
import type { Demand } from '@faregate/limits'
import type { ModelRequest } from '@faregate/wire'
import type { Settings } from '../deps.ts'
import { inputBound, outputCeiling } from '../hold-plan.ts'
import type { Route } from '../locate.ts'

const UNNAMED = ['']

/** Who asks, as far as limits tell callers apart. */
export interface Asking {
  limits: readonly LimitRule[]
  /** The caller's end user and tags, as it names them. */
  user: string | null
  tags: readonly string[]
  /** What the request may use of tokens at most; undefined where it costs none, and limits on tokens do not concern it. */
  tokens: number | undefined
}

/** What a request asks of each limit. A limit for each user, or each tag, is one for all requests that name none. */
export function demandsOf({ limits, user, tags, tokens }: Asking): Demand[] {
  const demands: Demand[] = []
  for (const rule of limits) {
    const { terms, bucket } = rule
    if (terms.kind === 'tokens' && tokens === undefined) continue
    const cost = terms.kind === 'tokens' ? (tokens ?? 0) : 1
    if (terms.by === undefined) demands.push({ rule, terms, bucket, cost, partitioned: false })
    else
      for (const part of terms.by === 'user' ? [user ?? ''] : tags.length === 0 ? UNNAMED : tags)
        demands.push({ rule, terms, bucket: `${bucket}:${nameOf(part)}`, cost, partitioned: true })
  }
  return demands
}

/** Tokens are limited by what the request may use: the bound of its input and of its output, as they are held for. */
export function tokenBound(settings: Settings, route: Route, request: ModelRequest): number {
  return inputBound(route, request) + request.n * outputCeiling(settings, route, request)
}

/** Callers choose the text: of any length, and nobody's business in Redis. */
function nameOf(part: string): string {
  return part === '' ? '' : hash('sha256', part, 'base64url').slice(0, 22)
}
