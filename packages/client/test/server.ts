import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { renderProblem, problemHeaders, type Denial, type Problem } from '../../core/src/index.ts'
import type { World } from '../src/options.ts'

/** A request as the server got it. */
interface Got {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export type Reply = (response: ServerResponse, got: Got) => void

export interface Loopback {
  url: string
  got: Got[]
  /** What is answered, one after the other; the last one for ever. */
  replies: Reply[]
  close(): Promise<void>
}

/** A real server, in the place of a gateway. */
export async function startLoopback(): Promise<Loopback> {
  const got: Got[] = []
  const replies: Reply[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(pieces).toString('utf8'),
      }
      got.push(one)
      const reply = replies.length > 1 ? replies.shift() : replies[0]
      reply?.(response, one)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    replies,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const CONTEXT = { denialId: 'dn_01J', requestId: 'req_01J', publicUrl: 'https://gateway.example', asOf: '2026-11-22T13:00:00.000Z' }

/** A problem as the gateway renders it. */
export function problemOf(denial: Denial): Problem {
  return renderProblem(denial, CONTEXT)
}

/** Refuses, with the headers of the gateway, in an envelope. */
export function refusing(denial: Denial, envelope: (problem: Problem) => unknown = (problem) => problem, status?: number): Reply {
  const problem = problemOf(denial)
  return (response) => {
    response.writeHead(status ?? problem.status, { ...problemHeaders(denial, CONTEXT), 'x-request-id': CONTEXT.requestId })
    response.end(JSON.stringify(envelope(problem)))
  }
}

export function answering(body: unknown, status = 200): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
}

/** A world whose waiting is written down, and takes no time. */
export function quickWorld(): World & { slept: number[] } {
  const slept: number[] = []
  return {
    slept,
    random: () => 1,
    sleep: (milliseconds, signal) => {
      slept.push(milliseconds)
      return signal?.aborted === true ? Promise.reject(signal.reason as Error) : Promise.resolve()
    },
  }
}

export const TOO_LITTLE: Denial = {
  code: 'insufficient_balance',
  detail: "Acme's balance is 0.01 USD; this request may cost up to 0.05 USD.",
  scope: { level: 'org', id: 'org_acme' },
  limit: { kind: 'balance', unit: 'USD', required: '0.05', available: '0.01', held: '0.00', shortfall: '0.04' },
  affordable: { maxOutputTokens: 812 },
  fixes: [
    { kind: 'pay', action: 'grant', by: 'operator', canYou: false, command: 'faregate grant org_acme 5.00' },
    { kind: 'change_request', action: 'lower_max_tokens', by: 'caller', canYou: true, to: 812 },
  ],
}

export const RESERVED: Denial = {
  code: 'balance_reserved',
  detail: '0.02 USD are held by requests in flight.',
  limit: { kind: 'balance', unit: 'USD', required: '0.05', available: '0.01', held: '0.06', shortfall: '0.04' },
  fixes: [{ kind: 'wait', action: 'wait_for_own_requests', by: 'caller', canYou: true }],
  retryAfterSeconds: 1,
}
