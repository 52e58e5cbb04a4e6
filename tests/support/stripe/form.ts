/** Reads `a[b][0]=c` as Stripe does: members in brackets are nested. */
export function nested(body: string): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== '')
    const last = path.pop() ?? ''
    let inner = read
    for (const part of path) inner = (inner[part] ??= {}) as Record<string, unknown>
    inner[last] = value
  }
  return read
}
