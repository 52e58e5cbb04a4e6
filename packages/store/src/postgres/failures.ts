/**
 * Classes of SQLSTATE that say that the server is away, busy or full, or took the losing side of a race: the same
 * statements can succeed later. Everything else is about the statement.
 */
const PASSING_CLASSES = ['08', '53', '57', '58', '40', '55', '25', 'XX']

/** Whether an error of pg is passing; errors without a SQLSTATE come from the connection. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return isOfConnection(error, code)
  // The same entry was written by another connection meanwhile: sent again, it is found.
  if (code === '23505' && 'table' in error && error.table === 'entries') return true
  return PASSING_CLASSES.includes(code.slice(0, 2))
}

function isOfConnection(error: Error, code: string | undefined): boolean {
  if (code !== undefined) return code.startsWith('E')
  return /connection|timeout|terminated|closed|queryable/i.test(error.message)
}
