import type { CallerSide, ProblemLike, StreamIds } from '../dialect.ts'

type Envelope = Pick<CallerSide, 'streamType' | 'errorBody' | 'errorEvent' | 'requestIdHeader' | 'limitHeaders'>

/** What a vendor's clients expect around answers, on whichever of its endpoints. */
export function envelopeOf(dialect: Envelope): Envelope {
  const { streamType, requestIdHeader } = dialect
  return {
    streamType,
    ...(requestIdHeader === undefined ? {} : { requestIdHeader }),
    ...(dialect.limitHeaders === undefined ? {} : { limitHeaders: dialect.limitHeaders }),
    errorBody: (problem: ProblemLike) => dialect.errorBody(problem),
    errorEvent: (problem: ProblemLike, ids: StreamIds) => dialect.errorEvent(problem, ids),
  }
}
