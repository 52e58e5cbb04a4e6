import type { ApiEntry } from './api.ts'

/** Where releases of an API serve, each with upstreams and keys of its own. */
export const STAGES = ['production', 'staging'] as const

export type Stage = (typeof STAGES)[number]

/** Before the prefix of what is in staging: nobody publishes below it. */
export const STAGING_PREFIX = '/staging'

/** What of a definition is another one in staging. */
interface Staged<Upstream, Upstreams> {
  prefix: string
  upstream?: Upstream
  upstreams?: Upstreams
  staging?: { upstream?: Upstream; upstreams?: Upstreams } | undefined
}

/** A definition as it serves in staging: below a prefix of its own, with the upstreams and secrets that it has there and no others. */
export function inStaging<Upstream, Upstreams, T extends Staged<Upstream, Upstreams>>(definition: T): T & { stage: 'staging' } {
  const { staging, upstream: _productions, upstreams: _ofProduction, ...rest } = definition
  return { ...rest, ...staging, prefix: STAGING_PREFIX + definition.prefix, stage: 'staging' } as T & { stage: 'staging' }
}

/** The stage of an API as it is called. */
export function stageOf({ stage }: Pick<ApiEntry, 'stage'>): Stage {
  return stage ?? 'production'
}
