import type { FaultContext, Prepared } from './prepared.ts'

/** One thing that can go wrong with an answer. */
export interface Fault {
  name: string
  about: string
  apply(answer: Prepared, context: FaultContext): Prepared
}

/** How many pieces of the answer come before it happens; none unless told. */
export function count(context: FaultContext, otherwise = 0): number {
  return context.argument === '' ? otherwise : Number(context.argument)
}

/** What of an answer is bytes: one piece an event. */
export function pieces(answer: Prepared): Buffer[] {
  return answer.steps.filter((step): step is Buffer => Buffer.isBuffer(step))
}
