import type { ApiPresentation } from '@faregate/core'

type Sent = { [Member in keyof ApiPresentation]?: ApiPresentation[Member] | null }

/** A presentation changed by what was sent: absent members stay, null takes one away. Null: nothing is left of it. */
export function presented(before: ApiPresentation | undefined, sent: Sent | null | undefined): ApiPresentation | null | undefined {
  if (sent === null || sent === undefined) return sent
  const members = Object.entries({ ...before, ...defined(sent) }).filter(([, value]) => !isNothing(value))
  return members.length === 0 ? null : (Object.fromEntries(members) as ApiPresentation)
}

function defined(sent: Sent): Sent {
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined))
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0)
}
