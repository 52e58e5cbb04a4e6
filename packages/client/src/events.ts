import { denialInEvent } from './read-denial.ts'

/**
 * The events of a streamed answer as they arrive, parsed: server-sent events, lines of JSON (Ollama), or the objects of an
 * array (Gemini without `alt=sse`). Ends at the end of the stream; throws the {@link Denied} where the gateway ended it in
 * error. Leaving the loop ends the stream.
 */
export async function* eventsOf(response: Response): AsyncGenerator<unknown, void, undefined> {
  for await (const data of framing(response.headers.get('content-type') ?? '')(linesOf(response))) {
    if (data === '[DONE]') continue
    const event: unknown = JSON.parse(data)
    const denied = denialInEvent(event)
    if (denied !== undefined) throw denied
    yield event
  }
}

function framing(type: string): (lines: AsyncGenerator<string>) => AsyncGenerator<string> {
  if (type.includes('event-stream')) return dataLines
  return type.includes('ndjson') ? wholeLines : objects
}

/** The data of each server-sent event; comments, ids and names of events are left out: the data names its own type. */
async function* dataLines(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  let data: string[] = []
  for await (const line of lines) {
    if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
    if (line !== '' || data.length === 0) continue
    yield data.join('\n')
    data = []
  }
}

async function* wholeLines(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  for await (const line of lines) if (line.trim() !== '') yield line
}

/** The objects of an array, each as soon as it is whole; a line never ends within a string. */
async function* objects(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  let object = ''
  let depth = 0
  let quoted = false
  for await (const line of lines) {
    for (const [token] of line.matchAll(/\\.|["{}]|[^"{}\\]+/g)) {
      if (token === '"') quoted = !quoted
      if (token === '{' && !quoted) depth++
      if (depth > 0) object += token
      if (token === '}' && !quoted) depth--
      if (depth > 0 || object === '') continue
      yield object
      object = ''
    }
  }
}

/** Lines end in LF, CR LF or CR; an event that was cut off before its end is none. */
async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
      // A CR at the very end may be half of a CR LF.
      const held = !done && rest.endsWith('\r') ? '\r' : ''
      const lines = (held === '' ? rest : rest.slice(0, -1)).split(/\r\n|\n|\r/)
      rest = (lines.pop() ?? '') + held
      yield* lines
      if (!done) continue
      if (rest !== '') yield rest
      return
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
