import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { catalogueEntry, entryHeaders, renderEntry, type CatalogueEntry, type Denial } from '@faregate/core'

interface Broken {
  status: number
  denial: Denial
}

/** What node's parser refused before there was a request, by its error code. */
function brokenBy(code: string | undefined, headerBytes: number): Broken {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return {
      status: 431,
      denial: {
        code: 'request_too_large',
        detail: `The head of the request is larger than ${headerBytes} bytes.`,
        limit: { kind: 'body', unit: 'bytes', headerBytes },
      },
    }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, denial: { code: 'request_invalid', detail: 'The request did not arrive in time.' } }
  }
  return { status: 400, denial: { code: 'request_invalid', detail: 'The request is not HTTP that this server understands.' } }
}

/** Answers what never became a request, on the bare socket, as a problem; then closes the connection. */
export function answerBrokenRequest(
  error: { code?: string },
  socket: Socket,
  requestId: string,
  options: { headerBytes: number; publicUrl: () => string },
): void {
  // The other side is gone already: there is nobody to answer.
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, denial } = brokenBy(error.code, options.headerBytes)
  const entry: CatalogueEntry = { ...catalogueEntry(denial.code), status }
  const context = { denialId: requestId.replace(/^req_/, 'dn_'), requestId, publicUrl: options.publicUrl(), asOf: new Date().toISOString() }
  const body = JSON.stringify(renderEntry(denial, entry, context))
  const headers = {
    ...entryHeaders(denial, entry, context),
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const head = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`)
}
