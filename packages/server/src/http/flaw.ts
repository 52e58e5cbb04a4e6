import type { IncomingMessage } from 'node:http'
import type { Denial } from '@faregate/core'

/** Why a request is refused before anything routes it. The status may be more exact than the catalogue's. */
export interface Flaw {
  status: number
  denial: Denial
}

export interface HeadLimits {
  headerBytes: number
  requestMs: number
}

/** What node's parser or its clock refused before there was a request, by its error code. */
export function parserFlaw(code: string | undefined, { headerBytes, requestMs }: HeadLimits): Flaw {
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
    return {
      status: 408,
      denial: {
        code: 'request_invalid',
        detail: 'The request did not arrive in time.',
        limit: { kind: 'timeout', name: 'limits.requestMs', milliseconds: requestMs },
      },
    }
  }
  return invalid(400, 'The request is not HTTP that this server understands.')
}

/** What RFC 9112 forbids in a head and node lets pass, because proxies read it differently; undefined: nothing. */
export function headFlaw({ headers, httpVersion }: IncomingMessage): Flaw | undefined {
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked'))
    return invalid(
      400,
      `Transfer-Encoding "${coding.slice(0, 100)}" is not understood here: send Content-Length or, with HTTP/1.1, "chunked".`,
    )
  if (headers.host === undefined && httpVersion !== '1.0') return invalid(400, 'The header "Host" is missing.')
  return undefined
}

export function expectationFlaw({ headers }: IncomingMessage): Flaw {
  return invalid(417, `Expect "${headers.expect?.slice(0, 100)}" is not understood here; 100-continue is.`)
}

export const TUNNEL_FLAW: Flaw = {
  status: 404,
  denial: { code: 'route_unknown', detail: 'CONNECT is not served here: this is no proxy.' },
}

function invalid(status: number, detail: string): Flaw {
  return {
    status,
    denial: {
      code: 'request_invalid',
      detail,
      fixes: [{ kind: 'change_request', action: 'mend_request', by: 'caller', canYou: true }],
    },
  }
}
