import { guardedAgent, UrlRefused } from '@faregate/gateway'
import { request } from 'undici'

/** A document, or why it was not fetched, in words for whoever named its URL. */
export type FetchedDocument = { text: string } | { refused: string }

/** What is asked with POST: a form, by whom. */
export interface Question {
  authorization: string
  body: string
}

export interface DocumentFetcher {
  fetch(url: string, question?: Question): Promise<FetchedDocument>
  close(): Promise<void>
}

export interface FetchLimits {
  bytes: number
  milliseconds: number
  /** Which addresses may be connected to; absent: those of the public internet. */
  reachable?: (address: string) => boolean
}

const LIMITS: FetchLimits = { bytes: 5 * 1024 * 1024, milliseconds: 10_000 }

/** Fetches documents behind the guard against server-side request forgery: no redirects, bounded in size and time. */
export function createDocumentFetcher(limits: FetchLimits = LIMITS): DocumentFetcher {
  const guarded = guardedAgent(limits.milliseconds, limits.reachable)
  return {
    close: () => guarded.close(),
    async fetch(url, question) {
      const signal = AbortSignal.timeout(limits.milliseconds)
      try {
        const answer = await request(url, { dispatcher: guarded(url), signal, ...askedWith(question) })
        if (answer.statusCode === 200) return await collected(answer.body, limits.bytes)
        // What is cut off complains; nobody listens any more.
        answer.body.on('error', () => undefined).destroy()
        return { refused: `it answers ${answer.statusCode} instead of the document` }
      } catch (error) {
        return { refused: reasonOf(error, signal) }
      }
    },
  }
}

function askedWith(question: Question | undefined): Pick<NonNullable<Parameters<typeof request>[1]>, 'method' | 'headers' | 'body'> {
  if (question === undefined) return { headers: { accept: '*/*', 'user-agent': 'faregate' } }
  const { authorization, body } = question
  const headers = {
    authorization,
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'faregate',
  }
  return { method: 'POST', headers, body }
}

async function collected(body: AsyncIterable<Buffer>, most: number): Promise<FetchedDocument> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > most) return { refused: `it is larger than ${most / 1024 / 1024} MB` }
    chunks.push(chunk)
  }
  return { text: Buffer.concat(chunks).toString('utf8') }
}

/** Nothing of the network behind the gateway. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  const cause = error instanceof Error ? error.cause : undefined
  const refused = [error, cause].find((one) => one instanceof UrlRefused)
  if (refused instanceof UrlRefused) return refused.message
  return signal.aborted ? 'it does not answer in time' : 'it cannot be reached'
}
