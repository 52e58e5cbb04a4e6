/** What `${NAME}`, `${NAME:-default}` and `$${` became, or the first variable that is missing. */
export type Interpolated = { ok: true; text: string; changed: boolean } | { ok: false; variable: string }

const REFERENCE = /\$(\$)?\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/** Replaces references to environment variables. `$${NAME}` stands for the literal `${NAME}`; an empty variable counts as missing. */
export function interpolate(text: string, environment: Readonly<Record<string, string | undefined>>): Interpolated {
  let missing: string | undefined
  const replaced = text.replace(REFERENCE, (whole: string, escaped: string | undefined, name: string, fallback: string | undefined) => {
    if (escaped !== undefined) return whole.slice(1)
    const value = environment[name]
    if (value !== undefined && value !== '') return value
    if (fallback === undefined) missing ??= name
    return fallback ?? ''
  })
  return missing === undefined ? { ok: true, text: replaced, changed: replaced !== text } : { ok: false, variable: missing }
}
