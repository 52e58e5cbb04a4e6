import { createParser } from 'eventsource-parser'

interface SseEvent {
  event: string | undefined
  data: string
}

/** The events of a stream, read by a parser that is not the product's. */
function events(bytes: Buffer | string): SseEvent[] {
  const found: SseEvent[] = []
  const parser = createParser({ onEvent: (event) => found.push({ event: event.event, data: event.data }) })
  parser.feed(bytes.toString('utf8'))
  parser.reset({ consume: true })
  return found
}

function isObject(data: string): boolean {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

interface Chunk {
  choices?: { index: number; delta: { content?: string | null; [member: string]: unknown }; finish_reason: string | null }[]
  usage?: Record<string, unknown> | null
  error?: { type?: string; code?: string; message?: string }
  [member: string]: unknown
}

/** What a caller made of an OpenAI chat stream. */
export interface ChatStream {
  chunks: Chunk[]
  content: string
  /** How many chunks carried text. */
  pieces: number
  done: number
  finishReasons: string[]
  usage: Record<string, unknown>[]
  error: Chunk['error'] | undefined
}

/**
 * Reads an OpenAI chat stream; a last event that was cut off is ignored, as every client would. An event that is no
 * JSON object fails it, unless `foreign` ones are expected.
 */
export function chatStream(bytes: Buffer | string, options: { foreign?: boolean } = {}): ChatStream {
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
  const whole = text.slice(0, text.lastIndexOf('\n\n') + 2)
  const all = events(whole)
  const data = all.map((event) => event.data).filter((one) => one !== '[DONE]' && (options.foreign !== true || isObject(one)))
  const chunks = data.map((one) => JSON.parse(one) as Chunk)
  const contents = chunks
    .flatMap((chunk) => chunk.choices ?? [])
    .map((choice) => choice.delta?.content ?? '')
    .filter((piece) => piece !== '')
  return {
    chunks,
    content: contents.join(''),
    pieces: contents.length,
    done: all.filter((event) => event.data === '[DONE]').length,
    finishReasons: chunks.flatMap((chunk) => chunk.choices ?? []).flatMap((choice) => choice.finish_reason ?? []),
    usage: chunks.flatMap((chunk) => (chunk.usage === undefined || chunk.usage === null ? [] : [chunk.usage])),
    error: chunks.find((chunk) => chunk.error !== undefined)?.error,
  }
}
