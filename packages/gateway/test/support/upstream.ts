import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an upstream saw of one call. */
interface SeenCall {
  path: string
  headers: IncomingMessage['headers']
  body: Buffer
  /** Resolves when the caller's socket has closed. */
  closed: Promise<void>
}

export type Behaviour = (response: ServerResponse, call: SeenCall) => void | Promise<void>

export interface FakeUpstream {
  url: string
  calls: SeenCall[]
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

/** A real HTTP server on loopback that answers as the test says. */
export async function startUpstream(): Promise<FakeUpstream> {
  const calls: SeenCall[] = []
  let behaviour: Behaviour = (response) => void response.writeHead(500).end()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    const closed = new Promise<void>((resolve) => request.socket.once('close', () => resolve()))
    request.on('data', (piece: Buffer) => chunks.push(piece))
    request.on('end', () => {
      const call = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), closed }
      calls.push(call)
      void behaviour(response, call)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    behave: (next) => {
      behaviour = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A chat completion with this text and usage. */
export function completion(text: string, usage?: { prompt_tokens: number; completion_tokens: number }): string {
  const total = usage === undefined ? {} : { usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens } }
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
  return JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'up', choices, ...total })
}

/** One event of a stream. */
export function chunk(delta: Record<string, unknown>, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'up', choices })}\n\n`
}

export function usageChunk(prompt: number, output: number): string {
  const usage = { prompt_tokens: prompt, completion_tokens: output, total_tokens: prompt + output }
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'up', choices: [], usage })}\n\n`
}

export const DONE = 'data: [DONE]\n\n'
