import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

interface Received {
  path: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
}

export interface Upstream {
  url: string
  received: Received[]
}

/** Usage in which every bucket that OpenAI's shape can report is there, 100 of each. */
const FULL_USAGE = {
  prompt_tokens: 500,
  completion_tokens: 400,
  total_tokens: 900,
  prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 100, audio_tokens: 100, image_tokens: 100 },
  completion_tokens_details: { reasoning_tokens: 100, audio_tokens: 100, image_tokens: 100 },
}

/** An OpenAI-compatible upstream; by default it answers every call with the same completion. */
export async function upstream(
  t: TestContext,
  answer: (response: ServerResponse, body: Record<string, unknown>) => void = complete,
): Promise<Upstream> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (piece: Buffer) => (text += piece.toString()))
    request.on('end', () => {
      // A form is no JSON, and nothing of it is looked at.
      const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
      received.push({ path: request.url ?? '', headers: request.headers, body })
      answer(response, body)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/v1`, received }
}

function complete(response: ServerResponse): void {
  const message = { role: 'assistant', content: 'Hello' }
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: FULL_USAGE,
    }),
  )
}
