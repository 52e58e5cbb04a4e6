/** The query as the upstream gets it: without this parameter, everything else as it came. */
export function sentQuery(query: string, hidden: string | undefined): string {
  if (hidden === undefined || query === '') return query
  return query
    .split('&')
    .filter((pair) => nameIn(pair) !== hidden)
    .join('&')
}

/** The first value of a parameter; undefined: it is not there, or is empty. */
export function parameterOf(query: string, name: string): string | undefined {
  const value = query === '' ? null : new URLSearchParams(query).get(name)
  return value === null || value === '' ? undefined : value
}

/** As {@link parameterOf} reads it. */
function nameIn(pair: string): string | undefined {
  return new URLSearchParams(pair).keys().next().value
}
