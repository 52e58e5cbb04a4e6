/**
 * The fixed upstream of the benchmark, a process of its own: `node upstream.ts`. Prints its port. Answers every chat
 * completion with the same 0.7 kB, or with the same stream of 100 events, each written by itself.
 */
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const EVENTS = 100
const USAGE = { prompt_tokens: 20, completion_tokens: EVENTS, total_tokens: 20 + EVENTS }
const BASE = { id: 'chatcmpl-bench', created: 1_770_000_000, model: 'bench' }

const ANSWER = Buffer.from(
  JSON.stringify({
    ...BASE,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'word '.repeat(80), refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: USAGE,
  }),
)

function event(members: Record<string, unknown>): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ ...BASE, object: 'chat.completion.chunk', ...members })}\n\n`)
}

const WORD = event({ choices: [{ index: 0, delta: { content: ' the' }, logprobs: null, finish_reason: null }] })
const STOP = event({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] })
const USED = event({ choices: [], usage: USAGE })
const DONE = Buffer.from('data: [DONE]\n\n')

function stream(response: ServerResponse, usage: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let sent = 0
  const next = (): void => {
    if (response.destroyed) return
    if (sent++ < EVENTS) {
      response.write(WORD)
      setImmediate(next)
      return
    }
    response.write(STOP)
    if (usage) response.write(USED)
    response.end(DONE)
  }
  next()
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const head = Buffer.concat(pieces)
    if (head.includes('"stream":true')) return stream(response, head.includes('include_usage'))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length })
    response.end(ANSWER)
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
