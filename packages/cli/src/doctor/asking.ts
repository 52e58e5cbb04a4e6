import { ApiError } from '@faregate/contract'

/** What asking found. */
export interface Tested {
  ok: boolean
  message: string
  /** Null: no model was called. */
  model?: string | null
}

/** The answer; `undefined` where the token may only look, for whom nothing is asked. */
export async function ifAllowed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 403) return undefined
    throw error
  }
}
