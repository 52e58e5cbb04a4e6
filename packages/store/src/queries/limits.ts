import { limitRules, type LimitRule, type LimitTerms } from '@faregate/core'

/** The column of the limits of a key, an application or an organization: JSON; null where there are none. */
export function limitsColumn(limits: readonly LimitTerms[]): string | null {
  return limits.length === 0 ? null : JSON.stringify(limits)
}

export function limitsOf({ limits }: { limits: string | null }): LimitTerms[] {
  return limits === null ? [] : (JSON.parse(limits) as LimitTerms[])
}

/** The limits of a key and of those that it belongs to; absent where there are none. */
export function limitsInForce(
  key: { id: string; limits: string | null },
  application: { id: string; limits: string | null },
  organization: { id: string; limits: string | null },
): { limits?: LimitRule[] } {
  if (key.limits === null && application.limits === null && organization.limits === null) return {}
  const limits = [
    ...limitRules(organization.id, { level: 'key', id: key.id }, limitsOf(key)),
    ...limitRules(organization.id, { level: 'app', id: application.id }, limitsOf(application)),
    ...limitRules(organization.id, { level: 'org', id: organization.id }, limitsOf(organization)),
  ]
  return { limits }
}
