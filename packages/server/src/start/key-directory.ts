import type { KeyDirectory } from '@faregate/identity'

/** As long as the ledger waits: a database that is away must not keep a caller whose key was never used any longer. */
const WAIT_MS = 5_000

/** Finds keys by a query, and rejects when that does not answer in time. */
export function patientDirectory(find: KeyDirectory['find']): KeyDirectory {
  return { find: async (presented) => inTime(find(presented)) }
}

/** What a query answers; rejects when it does not in time. */
export async function inTime<Answer>(query: Answer | Promise<Answer>): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`the database did not answer within ${WAIT_MS} ms`)), WAIT_MS)
  try {
    return await Promise.race([query, late])
  } finally {
    clearTimeout(timer)
  }
}
