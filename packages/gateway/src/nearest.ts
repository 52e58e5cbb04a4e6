/** Up to three names that are close to a mistyped one, the closest first. */
export function nearest(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.slice(0, 64).toLowerCase()
  const scored: [number, string][] = []
  for (const candidate of candidates) {
    const other = candidate.slice(0, 64).toLowerCase()
    const distance = other.includes(wanted) || wanted.includes(other) ? 1 : editDistance(wanted, other)
    if (distance <= Math.max(2, Math.floor(wanted.length / 3))) scored.push([distance, candidate])
  }
  return scored
    .toSorted((a, b) => (a[0] === b[0] ? a[1].localeCompare(b[1]) : a[0] - b[0]))
    .slice(0, 3)
    .map(([, candidate]) => candidate)
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
