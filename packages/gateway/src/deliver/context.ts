import type { Buckets, Denial } from '@faregate/core'
import type { ModelRequest } from '@faregate/wire'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import type { Candidate } from '../locate.ts'
import type { Reservation } from '../reserve.ts'
import type { Unsettled } from '../unsettled.ts'

/** What every way of delivering an answer works with. */
export interface Delivery {
  deps: GatewayDeps
  unsettled: Unsettled
  flow: Flow
  request: ModelRequest
  reservation: Reservation
  /** Calls others than this deployment for a while, because it broke off in the middle of an answer. */
  rest(candidate: Candidate, denial: Denial): void
}

/** What of an answer is there to be counted. */
export interface Made {
  /** Tokens of its text. */
  output: number
  /** What is no text (see `StreamStep.made`). */
  other?: number
  whole: boolean
}

/** Our own count of an answer, where the provider gave none: the prompt by the tokenizer, the output as given. */
export async function ownCount({ deps, request }: Delivery, { output, other = 0, whole }: Made): Promise<Buckets> {
  const input = await deps.tokens.count(request.inputText(), 'least')
  return { input, ...(request.n === 0 ? {} : { output }), ...request.ownCount?.(other, whole) }
}
