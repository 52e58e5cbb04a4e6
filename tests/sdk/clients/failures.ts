import * as anthropic from '@anthropic-ai/sdk'
import { ApiError } from '@google/genai'
import { SDKError } from '@mistralai/mistralai/models/errors'
import { APICallError, RetryError } from 'ai'
import { Cohere, CohereError } from 'cohere-ai'
import * as openai from 'openai'

/** What an application finds in the error that its client raises. */
interface Raised {
  status: number | undefined
  /** Our code, where the client shows the body, or the header that survives it. */
  code: string | undefined
  /** Where the client shows the whole body. */
  fixes: { kind: string; by: string }[] | undefined
}

/** How one family of clients raises what the gateway refuses. */
export interface Failures {
  /** Beginnings of the names of the clients in the table. */
  clients: string
  /** The class that the client documents for a status. */
  classOf(status: number): abstract new (...given: never[]) => Error
  read(error: unknown): Raised
  /** How often it asks in all where waiting helps; 1: it never asks again by itself. */
  attempts: number
}

interface Problem {
  code?: string
  fixes?: { kind: string; by: string }[]
}

const OPENAI: Record<number, abstract new (...given: never[]) => Error> = {
  400: openai.BadRequestError,
  401: openai.AuthenticationError,
  403: openai.PermissionDeniedError,
  404: openai.NotFoundError,
  429: openai.RateLimitError,
  503: openai.InternalServerError,
}

const ANTHROPIC: Record<number, abstract new (...given: never[]) => Error> = {
  400: anthropic.BadRequestError,
  401: anthropic.AuthenticationError,
  402: anthropic.PaymentRequiredError,
  403: anthropic.PermissionDeniedError,
  404: anthropic.NotFoundError,
  429: anthropic.RateLimitError,
  503: anthropic.ServiceUnavailableError,
}

const COHERE: Record<number, abstract new (...given: never[]) => Error> = {
  400: Cohere.BadRequestError,
  401: Cohere.UnauthorizedError,
  403: Cohere.ForbiddenError,
  404: Cohere.NotFoundError,
  429: Cohere.TooManyRequestsError,
  503: Cohere.ServiceUnavailableError,
}

/** The code in `Faregate-Denial: code;id="…"`. */
function denied(headers: Headers | undefined): string | undefined {
  return headers?.get('faregate-denial')?.split(';')[0]
}

/** OpenAI's client shows its own envelope of the body; ours is in the headers. */
function readOpenAi(error: unknown): Raised {
  if (!(error instanceof openai.APIError)) throw new Error(`not of the openai package: ${String(error)}`)
  const { status, headers } = error as { status?: number; headers?: Headers }
  return { status, code: denied(headers), fixes: undefined }
}

function problemIn(text: string): Problem {
  const body = JSON.parse(text) as Problem & { error?: { details?: unknown } }
  const details = body.error?.details
  return { ...body, ...((Array.isArray(details) ? details[0] : details) as Problem | undefined) }
}

/** The AI SDK wraps what it has tried more than once. */
function readAi(error: unknown): Raised {
  const last = RetryError.isInstance(error) ? error.lastError : error
  if (!APICallError.isInstance(last)) throw new Error(`no call of an API: ${String(last)}`)
  const { code, fixes } = problemIn(last.responseBody ?? '{}')
  return { status: last.statusCode, code, fixes }
}

const FAILURES: readonly Failures[] = [
  { clients: 'openai:', classOf: (status) => OPENAI[status] ?? openai.APIError, read: readOpenAi, attempts: 3 },
  {
    clients: '@anthropic-ai/sdk',
    classOf: (status) => ANTHROPIC[status] ?? anthropic.APIError,
    read: (error) => {
      if (!(error instanceof anthropic.APIError)) throw new Error(`not of Anthropic's client: ${String(error)}`)
      const { code, fixes } = problemIn(JSON.stringify(error.error))
      return { status: error.status as number | undefined, code, fixes }
    },
    attempts: 3,
  },
  {
    clients: '@google/genai',
    classOf: () => ApiError,
    read: (error) => {
      if (!(error instanceof ApiError)) throw new Error(`not of Google's client: ${String(error)}`)
      return { status: error.status, code: undefined, fixes: undefined, ...problemIn(error.message) }
    },
    attempts: 1,
  },
  {
    clients: '@mistralai/mistralai',
    classOf: () => SDKError,
    read: (error) => {
      if (!(error instanceof SDKError)) throw new Error(`not of Mistral's client: ${String(error)}`)
      const { code, fixes } = problemIn(error.body)
      return { status: error.statusCode, code, fixes }
    },
    attempts: 1,
  },
  {
    clients: 'cohere-ai',
    classOf: (status) => COHERE[status] ?? CohereError,
    read: (error) => {
      if (!(error instanceof CohereError)) throw new Error(`not of Cohere's client: ${String(error)}`)
      const { code, fixes } = error.body as Problem
      return { status: error.statusCode, code, fixes }
    },
    attempts: 3,
  },
  {
    // The package does not give its class away; it shows the message alone.
    clients: 'ollama:',
    classOf: () => Error,
    read: (error) => {
      const { name, status_code: status } = error as { name?: string; status_code?: number }
      if (name !== 'ResponseError') throw new Error(`not of Ollama's client: ${String(error)}`)
      return { status, code: undefined, fixes: undefined }
    },
    attempts: 1,
  },
  { clients: 'ai with', classOf: () => Error, read: readAi, attempts: 3 },
  { clients: '@langchain/openai', classOf: (status) => OPENAI[status] ?? openai.APIError, read: readOpenAi, attempts: 7 },
]

export function failuresOf(client: string): Failures {
  const found = FAILURES.find(({ clients }) => client.startsWith(clients))
  if (found === undefined) throw new Error(`nothing is known of how ${client} fails`)
  return found
}

/** The error that a call raises; a failure if it does not. */
export function raised(asking: Promise<unknown>): Promise<Error> {
  return asking.then(
    () => {
      throw new Error('nothing was raised')
    },
    (error: unknown) => {
      if (error instanceof Error) return error
      throw new Error(`no error was raised, but ${String(error)}`)
    },
  )
}
