import type { Usage } from './auditor.ts'
import type { Behaviour, Exchange } from './upstream.ts'
import { pause } from './wait.ts'

/** Usage in OpenAI's shape. */
export function usage(input: number, output: number, more: { cached?: number; reasoning?: number } = {}): Usage {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: more.cached ?? 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: more.reasoning ?? 0, audio_tokens: 0 },
  }
}

/** Text of exactly so many tokens: a common word that every tokenizer of the family knows as one. */
export function words(count: number): string {
  return ' the'.repeat(count)
}

/** A whole answer with that usage; `null` leaves the member out. */
export function completion(model: string, of: unknown, content = 'Hello from the upstream.'): Record<string, unknown> {
  return {
    id: 'chatcmpl-test',
    object: 'chat.completion',
    created: 1_770_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' }],
    ...(of === null ? {} : { usage: of }),
  }
}

export function sendJson(exchange: Exchange, status: number, body: unknown, headers: Record<string, string> = {}): void {
  exchange.response.writeHead(status, { 'content-type': 'application/json', ...headers })
  exchange.response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** Answers whole, after a delay or when a promise resolves. */
export function answer(of: unknown, options: { after?: number | Promise<unknown>; content?: string } = {}): Behaviour {
  return async (exchange) => {
    if (options.after !== undefined) await (typeof options.after === 'number' ? pause(options.after) : options.after)
    sendJson(exchange, 200, completion(exchange.model, of, options.content))
  }
}

export function chunk(model: string, delta: Record<string, unknown>, finish: string | null = null, of?: unknown): string {
  const body = {
    id: 'chatcmpl-test',
    object: 'chat.completion.chunk',
    created: 1_770_000_000,
    model,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(of === undefined ? {} : { usage: of }),
  }
  return `data: ${JSON.stringify(body)}\n\n`
}

export function usageChunk(model: string, of: unknown): string {
  return `data: ${JSON.stringify({ id: 'chatcmpl-test', object: 'chat.completion.chunk', created: 1_770_000_000, model, choices: [], usage: of })}\n\n`
}

/** Whether the call asks for usage in its stream, as OpenAI wants to be asked. */
export function asksForUsage(exchange: Exchange): boolean {
  const options = exchange.body['stream_options'] as { include_usage?: boolean } | undefined
  return options?.include_usage === true
}

export interface StreamOptions {
  /** Text of one event; one token unless told. */
  word?: string
  everyMs?: number
  usage?: unknown
  finish?: string
  /** Called after each event has been written. */
  onWord?: (count: number, exchange: Exchange) => unknown
  /** Replaces what follows the last word. */
  ending?: (exchange: Exchange) => unknown
}

/** Opens a stream and sends its first, empty delta. */
export function openStream(exchange: Exchange): void {
  exchange.response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  exchange.response.write(chunk(exchange.model, { role: 'assistant', content: '', refusal: null }))
}

/** Streams words, then finish reason, usage if it was asked for, and the terminator. Stops when the gateway goes away. */
export function stream(count: number, options: StreamOptions = {}): Behaviour {
  return async (exchange) => {
    openStream(exchange)
    for (let sent = 1; sent <= count; sent++) {
      if (exchange.response.destroyed) return
      const room = exchange.response.write(chunk(exchange.model, { content: options.word ?? ' the' }))
      await options.onWord?.(sent, exchange)
      if (options.everyMs !== undefined) await pause(options.everyMs)
      else if (!room) await Promise.race([new Promise((resolve) => exchange.response.once('drain', resolve)), exchange.closed])
    }
    if (options.ending !== undefined) return options.ending(exchange)
    endStream(exchange, options.usage ?? usage(10, count), options.finish)
  }
}

/** Finish reason, usage if it was asked for, terminator. */
export function endStream(exchange: Exchange, of: unknown, finish = 'stop'): void {
  const asked = asksForUsage(exchange)
  exchange.response.write(chunk(exchange.model, {}, finish, asked ? null : undefined))
  if (asked && of !== null) exchange.response.write(usageChunk(exchange.model, of))
  exchange.response.end('data: [DONE]\n\n')
}

/** Answers whole or streams, as the call asks: input tokens 10, output tokens as told. */
export function either(count: number, options: StreamOptions = {}): Behaviour {
  const streaming = stream(count, options)
  const whole = answer(options.usage ?? usage(10, count), { content: words(count) })
  return (exchange) => (exchange.body['stream'] === true ? streaming(exchange) : whole(exchange))
}
