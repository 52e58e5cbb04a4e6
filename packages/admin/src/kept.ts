/** A member as a change leaves it: absent stays as it was, null takes it away. */
export function kept<Name extends string, T>(name: Name, before: T | undefined, sent: T | null | undefined): Partial<Record<Name, T>> {
  const value = sent === undefined ? before : sent
  return value === null || value === undefined ? {} : ({ [name]: value } as Record<Name, T>)
}
