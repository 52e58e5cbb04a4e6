import type { UpstreamError, UpstreamSink } from '@faregate/gateway'

/** An upstream's answer, collected. */
export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

const KEPT_BYTES = 65_536

/** Collects an answer, as far as it is worth reading. */
export function collect(resolve: (answer: Answer) => void, reject: (error: Error) => void): UpstreamSink {
  const answer: Answer = { status: 0, headers: {}, body: '' }
  return {
    head: (status, headers) => Object.assign(answer, { status, headers }),
    data: (chunk) => {
      if (answer.body.length < KEPT_BYTES) answer.body += chunk.toString('utf8')
    },
    end: () => resolve(answer),
    error: (failure) => reject(unreachable(failure)),
  }
}

/** Why nothing answered, in words. */
export function unreachable({ reason, detail }: UpstreamError): Error {
  return new Error(`It cannot be reached (${reason}): ${detail}`)
}
