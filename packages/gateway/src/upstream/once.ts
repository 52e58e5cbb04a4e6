import { performance } from 'node:perf_hooks'
import type { UpstreamClient, UpstreamError, UpstreamRequest } from '../edge.ts'

type Client = Pick<UpstreamClient, 'send'>

export interface AnswerHead {
  status: number
  headers: Record<string, string | string[] | undefined>
}

/** Why there is no answer. */
export interface NoAnswer {
  broken: UpstreamError
}

export interface HeadTerms {
  /** Milliseconds for the head; what follows is read for no longer, so that the connection can be used again. */
  withinMs?: number
  /** Ends it, whatever came. */
  stop?: AbortSignal
}

/** The head of an answer; what follows is not kept. Never rejects. */
export function headOf(client: Client, request: UpstreamRequest, { withinMs, stop }: HeadTerms): Promise<AnswerHead | NoAnswer> {
  const late: NoAnswer = { broken: { reason: 'first_byte_timeout', detail: `no answer within ${withinMs} ms` } }
  if (stop?.aborted === true) return Promise.resolve(late)
  const { promise, resolve } = Promise.withResolvers<AnswerHead | NoAnswer>()
  const until = withinMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + withinMs
  let timer: NodeJS.Timeout | undefined
  const cut = (): void => {
    over()
    call.abort()
    resolve(late)
  }
  const over = (): void => {
    clearTimeout(timer)
    stop?.removeEventListener('abort', cut)
  }
  const call = client.send(request, {
    // A process that was busy sees an answer before it sees that it is late.
    head: (status, headers) => resolve(performance.now() > until ? late : { status, headers }),
    data: () => undefined,
    end: over,
    error: (broken) => {
      over()
      resolve({ broken })
    },
  })
  if (withinMs !== undefined) timer = setTimeout(cut, withinMs).unref()
  stop?.addEventListener('abort', cut)
  return promise
}

/** A whole answer, as text; one that is longer than `mostBytes` is none. Never rejects. */
export function wholeOf(client: Client, request: UpstreamRequest, mostBytes: number): Promise<{ status: number; body: string } | NoAnswer> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; body: string } | NoAnswer>()
  const chunks: Buffer[] = []
  let size = 0
  let status = 0
  const call = client.send(request, {
    head: (code) => {
      status = code
    },
    data: (chunk) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= mostBytes) return
      call.abort()
      resolve({ broken: { reason: 'protocol', detail: `it answered more than ${mostBytes} bytes` } })
    },
    end: () => resolve({ status, body: Buffer.concat(chunks).toString('utf8') }),
    error: (broken) => resolve({ broken }),
  })
  return promise
}
