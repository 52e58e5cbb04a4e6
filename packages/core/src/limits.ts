/** The windows for which a rate can be stated, and their seconds. */
export const LIMIT_WINDOWS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const

export type LimitWindow = keyof typeof LIMIT_WINDOWS

/** At most `amount` in a window, refilled evenly, and at most `burst` at once. */
export interface RateTerms {
  kind: 'requests' | 'tokens'
  amount: number
  per: LimitWindow
  /** Absent: as much as `amount`. */
  burst?: number | undefined
  by?: LimitPartition | undefined
}

/** At most `amount` requests at the same time. */
export interface ConcurrencyTerms {
  kind: 'concurrency'
  amount: number
  by?: LimitPartition | undefined
}

/** One limit as it is written down. `by`: each end user, or each tag, has the limit for itself. */
export type LimitTerms = RateTerms | ConcurrencyTerms

export const LIMIT_PARTITIONS = ['user', 'tag'] as const

export type LimitPartition = (typeof LIMIT_PARTITIONS)[number]

/** Whose limit it is. */
export interface LimitScope {
  level: 'key' | 'app' | 'plan' | 'org'
  /** Of a plan: of the subscription to it. */
  id: string
  plan?: string
}

/** A limit in force for a key: its own, or that of its application, its organization, or the plan that it is served under. */
export interface LimitRule {
  terms: LimitTerms
  scope: LimitScope
  /** What headers call it: `key-requests-second`. */
  name: string
  /** What it is counted under. The organization stands in braces, so that a cluster of Redis keeps what belongs to it in one place. */
  bucket: string
}

/** The limits of one scope, ready to be counted. They are known by what they limit, so a changed amount goes on from what is left. */
export function limitRules(organization: string, scope: LimitScope, limits: readonly LimitTerms[]): LimitRule[] {
  return limits.map((terms) => {
    const what = limitIdentity(terms)
    return { terms, scope, name: `${scope.level}-${what}`, bucket: `{${organization}}:${scope.id}:${what}` }
  })
}

/** What tells the limits of one scope apart: no two may have the same. */
export function limitIdentity({ kind, by, ...rest }: LimitTerms): string {
  return [kind, ...('per' in rest ? [rest.per] : []), ...(by === undefined ? [] : [by])].join('-')
}

/** A limit for people: `100 requests a second, 1 at once, for each user`. */
export function limitText(terms: LimitTerms): string {
  const each = terms.by === undefined ? '' : `, for each ${terms.by}`
  if (terms.kind === 'concurrency') return `${terms.amount} at the same time${each}`
  const burst = terms.burst === undefined || terms.burst === terms.amount ? '' : `, ${terms.burst} at once`
  return `${terms.amount} ${terms.kind} ${terms.per === 'hour' ? 'an' : 'a'} ${terms.per}${burst}${each}`
}

/** A limit as `--limit` of the command line takes it: `requests=100/second,burst=1,by=user`. */
export function limitWord(terms: LimitTerms): string {
  const by = terms.by === undefined ? '' : `,by=${terms.by}`
  if (terms.kind === 'concurrency') return `concurrency=${terms.amount}${by}`
  return `${terms.kind}=${terms.amount}/${terms.per}${terms.burst === undefined ? '' : `,burst=${terms.burst}`}${by}`
}
