/**
 * What of a caller's head goes on to an upstream of the same dialect (M7): the versions and beta features that change how a
 * body is read. Everything else could carry a credential, or names the caller.
 */
const FORWARDED = ['anthropic-version', 'anthropic-beta', 'openai-beta'] as const

/** Those that are there, by lower-case name. */
export function forwardedHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const forwarded: Record<string, string> = {}
  for (const name of FORWARDED) {
    const value = headers[name]
    if (value !== undefined) forwarded[name] = Array.isArray(value) ? value.join(',') : value
  }
  return forwarded
}
