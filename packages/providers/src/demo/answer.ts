import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { InProcessAnswer } from '@faregate/wire'
import { readDemoRequest, replyTo } from './reply.ts'
import type { DemoReply, DemoRequest } from './reply.ts'

export interface DemoOptions {
  signal: AbortSignal
  /** Milliseconds between the events of a stream (default 15). */
  paceMs?: number
  /** Milliseconds since 1970. */
  now?: number
  id?: string
}

/**
 * Answers a chat completion request in OpenAI's format, as JSON or as a stream, without any network. The text says that it is a
 * demo. Honours the output limit, `n`, a schema of the answer and `stream_options.include_usage`. On abort the stream just ends.
 */
export async function answerDemo(body: Buffer, options: DemoOptions): Promise<InProcessAnswer> {
  const request = readDemoRequest(body)
  if (request === undefined) return json(400, REFUSAL)
  const reply = replyTo(request)
  const shared = {
    id: options.id ?? `chatcmpl-demo-${randomUUID()}`,
    created: Math.floor((options.now ?? Date.now()) / 1000),
    model: request.model,
  }
  if (!request.stream) return json(200, completion(request, reply, shared))
  return { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, body: stream(request, reply, shared, options) }
}

interface Shared {
  id: string
  created: number
  model: string
}

const REFUSAL = {
  error: {
    message: 'The demo provider could not read the request: it is no chat completion request.',
    type: 'invalid_request_error',
    param: null,
    code: null,
  },
}

function json(status: number, value: unknown): InProcessAnswer {
  const bytes = Buffer.from(JSON.stringify(value))
  return { status, headers: { 'content-type': 'application/json', 'content-length': String(bytes.length) }, body: once(bytes) }
}

async function* once(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes
}

function choicesOf<T>(n: number, choice: (index: number) => T): T[] {
  return Array.from({ length: n }, (_, index) => choice(index))
}

function completion(request: DemoRequest, reply: DemoReply, shared: Shared): unknown {
  const content = reply.pieces.join('')
  return {
    ...shared,
    object: 'chat.completion',
    choices: choicesOf(request.n, (index) => ({
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: reply.finishReason,
    })),
    usage: reply.usage,
    service_tier: 'default',
  }
}

async function* stream(request: DemoRequest, reply: DemoReply, shared: Shared, options: DemoOptions): AsyncIterable<Buffer> {
  const paceMs = options.paceMs ?? 15
  for (const chunk of chunks(request, reply)) {
    if (options.signal.aborted) return
    yield event({ ...shared, object: 'chat.completion.chunk', ...chunk })
    if (paceMs > 0) await sleep(paceMs, undefined, { signal: options.signal }).catch(() => undefined)
  }
  if (!options.signal.aborted) yield Buffer.from('data: [DONE]\n\n')
}

function event(chunk: unknown): Buffer {
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)
}

/** One event for the role, one a token and choice, one for the end, one for usage if it was asked for. */
function* chunks(request: DemoRequest, reply: DemoReply): Iterable<Record<string, unknown>> {
  const usage = request.includeUsage ? { usage: null } : {}
  const chunk = (index: number, delta: unknown, finish: string | null): Record<string, unknown> => ({
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    ...usage,
  })
  for (let index = 0; index < request.n; index++) yield chunk(index, { role: 'assistant', content: '' }, null)
  for (const piece of reply.pieces) {
    for (let index = 0; index < request.n; index++) yield chunk(index, { content: piece }, null)
  }
  for (let index = 0; index < request.n; index++) yield chunk(index, {}, reply.finishReason)
  if (request.includeUsage) yield { choices: [], usage: reply.usage }
}
