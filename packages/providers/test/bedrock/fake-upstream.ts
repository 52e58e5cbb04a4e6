import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProviderEntry } from '@faregate/core'
import type { UpstreamFailure, Vendor, VendorCall } from '@faregate/wire'

/** What a server received, as it came over the wire. */
export interface Received {
  method: string
  /** Path and query, percent-encoding untouched. */
  target: string
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  body?: string | Buffer
}

export interface FakeUpstream {
  origin: string
  received: Received[]
  close(): Promise<void>
}

/** A vendor's server on the loopback: keeps what it gets and answers as it is told. */
export async function fakeUpstream(answer: (received: Received) => Answer): Promise<FakeUpstream> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { method: request.method ?? '', target: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) }
      received.push(one)
      const { status = 200, headers = {}, body = '{}' } = answer(one)
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function entry(kind: string, baseUrl: string): ProviderEntry {
  return { name: kind, kind, baseUrl, keys: [], keyless: false, managedBy: { source: 'database' } }
}

export function call(given: Partial<VendorCall> & Pick<VendorCall, 'dialect' | 'model'>): VendorCall {
  return { stream: false, body: Buffer.from('{}'), headers: {}, query: '', ...given }
}

/** Sends a call as the gateway does: the base URL's origin and path, then what the vendor says. */
export async function send(
  vendor: Vendor,
  provider: ProviderEntry,
  secret: string | undefined,
  asked: VendorCall,
): Promise<UpstreamFailure> {
  const { path, headers, origin, body } = await vendor.request(provider, secret, asked)
  const base = new URL(provider.baseUrl)
  const response = await fetch(`${origin ?? base.origin}${base.pathname.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(body ?? asked.body),
  })
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}
