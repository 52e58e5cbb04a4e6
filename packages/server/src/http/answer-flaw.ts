import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { catalogueEntry, entryHeaders, renderEntry, type CatalogueEntry } from '@faregate/core'
import type { Flaw } from './flaw.ts'

export interface FlawContext {
  newRequestId: () => string
  publicUrl: () => string
}

/** So long a caller may take to read a refusal on a connection that ends; one that never closes is cut. */
const LINGER_MS = 1_000

/** Answers what never became a request, on the bare socket, as a problem; then closes the connection. */
export function answerOnSocket(context: FlawContext, flaw: Flaw, socket: Socket): void {
  // The other side is gone, or reads an answer already: what is written now would land in the middle of that.
  if (socket.destroyed || !socket.writable || isAnswering(socket)) {
    socket.destroy()
    return
  }
  const { headers, body } = render(context, flaw)
  const head = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  socket.end(`HTTP/1.1 ${flaw.status} ${STATUS_CODES[flaw.status] ?? ''}\r\n${head}\r\n${body}`)
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

/** Answers a request that is not read any further, as a problem; then closes the connection. */
export function answerFlaw(context: FlawContext, flaw: Flaw, response: ServerResponse): void {
  const { headers, body } = render(context, flaw)
  response.writeHead(flaw.status, headers).end(body)
}

/** Node keeps the running answer there, and looks the same way before it answers by itself. */
function isAnswering(socket: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- the name is node's
  return socket._httpMessage?.headersSent === true
}

function render({ newRequestId, publicUrl }: FlawContext, { status, denial }: Flaw): { headers: Record<string, string>; body: string } {
  const requestId = newRequestId()
  const entry: CatalogueEntry = { ...catalogueEntry(denial.code), status }
  const context = { denialId: requestId.replace(/^req_/, 'dn_'), requestId, publicUrl: publicUrl(), asOf: new Date().toISOString() }
  const body = JSON.stringify(renderEntry(denial, entry, context))
  return {
    body,
    headers: {
      ...entryHeaders(denial, entry, context),
      'x-request-id': requestId,
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    },
  }
}
