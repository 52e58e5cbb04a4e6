/** What a plan can include beside models: kinds of calls (each call is one), and ways of making them. */
export const CALL_FEATURES = ['chat', 'embeddings', 'rerank', 'moderations', 'images', 'audio'] as const

export type CallFeature = (typeof CALL_FEATURES)[number]

export const PLAN_FEATURES = [...CALL_FEATURES, 'streaming', 'tools'] as const

export type PlanFeature = (typeof PLAN_FEATURES)[number]

/** In a plan's list: whatever there is. */
export const EVERY_FEATURE = '*'

/** What a request asks of plans. */
export interface Wanted {
  model: string
  /** Whether it needs this; asked only where a plan does not include everything. */
  uses(feature: PlanFeature): boolean
}

/** What a request needs that is not in a plan's list. */
export function featuresBeyond(features: readonly string[], { uses }: Pick<Wanted, 'uses'>): PlanFeature[] {
  if (features.includes(EVERY_FEATURE)) return []
  return PLAN_FEATURES.filter((feature) => !features.includes(feature) && uses(feature))
}
