import type { IncomingHttpHeaders } from 'node:http'

export type JsonObject = Record<string, unknown>

/** Every vendor that the server plays. `compatible` is any other one that speaks OpenAI's chat dialect. */
export const VENDORS = [
  'openai',
  'azure',
  'anthropic',
  'gemini',
  'vertex',
  'mistral',
  'cohere',
  'ollama',
  'bedrock',
  'deepseek',
  'compatible',
] as const
export type Vendor = (typeof VENDORS)[number]

/** The form of requests and answers. */
export type Dialect =
  | 'openai-chat'
  | 'openai-responses'
  | 'completions'
  | 'anthropic'
  | 'gemini'
  | 'cohere'
  | 'ollama'
  | 'ollama-generate'
  | 'bedrock'

/** How the answer of an endpoint is put on the wire; each may stand for several paths. */
export type Endpoint =
  | 'chat'
  | 'responses'
  | 'completions'
  | 'messages'
  | 'generate'
  | 'converse'
  | 'count-tokens'
  | 'embeddings'
  | 'batch-embeddings'
  | 'rerank'
  | 'images'
  | 'speech'
  | 'transcription'
  | 'moderations'
  | 'models'

/** How a stream is framed: `named` has `event:` lines, `done` ends with `data: [DONE]`. */
export type Framing = 'sse' | 'sse-done' | 'sse-named' | 'sse-named-done' | 'ndjson' | 'json-array' | 'event-stream'

/** Where a request was sent, and for what. */
export interface Route {
  vendor: Vendor
  endpoint: Endpoint
  dialect?: Dialect
  /** The model without the directives behind `~`. */
  model: string
  /** The model was read from the path, not from the body. */
  modelInPath: boolean
  stream: boolean
  framing?: Framing
}

/** One request as it came. */
export interface Call {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  bytes: Buffer
  /** The parsed body; undefined where it is no JSON object. */
  body: JsonObject | undefined
  /** The fields of a multipart body; files are their bytes. */
  form: Map<string, Buffer> | undefined
}

/** What was found wrong with a request, in the vendor's own words. */
export interface Violation {
  message: string
  status?: number
  /** OpenAI: the member. Gemini: the field. */
  param?: string
  code?: string
  type?: string
}

/** One request in the log. */
export interface LogEntry {
  at: number
  call: Call
  route: Route | undefined
  /** The rule that it broke, with what the vendor said of it. */
  broke?: { rule: string; violation: Violation }
  /** What it was answered with, as the plan names it. */
  answer?: string
  status: number
  /** The client went away before the answer was whole. */
  abandoned: boolean
}
