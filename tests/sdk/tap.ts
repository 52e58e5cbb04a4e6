import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that a client made, and what it was answered. */
export interface Tapped {
  method: string
  /** Path and query. */
  url: string
  status: number
  headers: IncomingMessage['headers']
}

/** Stands between a client and the gateway and counts: every attempt is seen, whether or not the gateway records it. */
export interface Tap {
  url: string
  seen: Tapped[]
  close(): Promise<void>
}

/** `onHead` is told of every answer before the client is. */
export async function startTap(gateway: string, onHead: (tapped: Tapped) => unknown = () => undefined): Promise<Tap> {
  const seen: Tapped[] = []
  const server = createServer((request, response) => pass(request, response))
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url = '', headers } = request
    const onward = send(gateway + url, { method, headers: { ...headers, host: new URL(gateway).host } }, (answer) => {
      const tapped = { method, url, status: answer.statusCode ?? 0, headers: answer.headers }
      seen.push(tapped)
      onHead(tapped)
      response.writeHead(tapped.status, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
