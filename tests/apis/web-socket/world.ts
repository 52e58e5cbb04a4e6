import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { after, before } from 'node:test'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import { startGateway } from '../../support/gateway.ts'
import type { Customer, Gateway } from '../../support/gateway.ts'
import { startSocketService } from '../../support/socket-service.ts'
import type { SocketService } from '../../support/socket-service.ts'
import { eventually } from '../../support/wait.ts'

export const PRICE = '0.05'

const live = (path: string) => ({ method: 'GET', path, price: PRICE, webSocket: true })

export const SECRET = 'secret-towards-the-upstream-of-sockets'

export interface SocketWorld {
  service: SocketService
  gateway: Gateway
  customer: Customer
  /** Opens a WebSocket below the prefix, with the customer's key. */
  open: (path: string, options?: Opening) => Promise<Opened>
}

export interface Opening extends ClientOptions {
  key?: string
  /** Below the prefix of another API than `/test`. */
  prefix?: string
  protocols?: string[]
}

export interface Opened {
  ws: WebSocket
  /** The head of the 101. */
  response: IncomingMessage
  /** The code with which it was closed. */
  closed: Promise<number>
}

/** What the gateway is configured with, in front of a service of WebSockets. */
export function configOf({ url }: SocketService, more: Record<string, unknown> = {}): Record<string, unknown> {
  const upstream = { baseUrl: url, header: { name: 'x-secret', value: SECRET } }
  const routes = [
    live('/{what}'),
    { method: 'GET', path: '/rest/plain', price: '0.01' },
    { method: 'POST', path: '/{what}', price: '0.01' },
  ]
  return {
    apis: {
      test: { prefix: '/test', upstream, routes, ...more },
      free: { prefix: '/free', upstream, routes: [{ ...live('/*'), price: undefined, free: true }] },
    },
  }
}

export function socketWorld(more: Record<string, unknown> = {}): SocketWorld {
  const made = {} as SocketWorld
  before(async () => {
    made.service = await startSocketService()
    made.gateway = await startGateway({ config: configOf(made.service, more) })
    made.customer = await made.gateway.customer('5.00')
    made.open = (path, options) => openAt(made.gateway, path, { key: made.customer.key, ...options })
  })
  after(async () => {
    await made.gateway?.stop()
    await made.service?.close()
  })
  return made
}

/** Resolves when it is open; rejects with the status of an answer that is none. */
export async function openAt(
  gateway: Gateway,
  path: string,
  { key, prefix = '/test', protocols = [], headers, ...options }: Opening,
): Promise<Opened> {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const ws = new WebSocket(`${gateway.url.replace('http', 'ws')}${prefix}${path}`, protocols, {
    ...options,
    headers: { ...authorization, ...headers },
  })
  const closed = new Promise<number>((resolve) => ws.on('close', resolve))
  const upgraded = once(ws, 'upgrade') as Promise<[IncomingMessage]>
  upgraded.catch(() => undefined)
  await once(ws, 'open')
  const [response] = await upgraded
  ws.on('error', () => undefined)
  return { ws, response, closed }
}

/** The next message. */
export async function messageOf(ws: WebSocket): Promise<Buffer> {
  const [data] = (await once(ws, 'message')) as [Buffer]
  return data
}

/** What was recorded of the request that opened it, once it has ended. */
export async function recorded({ gateway }: Pick<SocketWorld, 'gateway'>, { response }: Opened) {
  const id = String(response.headers['x-request-id'])
  return eventually(async () => {
    const record = await gateway.api.record(id)
    const connection = record.attempts.at(-1)?.['connection'] as Record<string, unknown> | undefined
    assert.ok(connection, 'it has not ended')
    return { record, connection }
  })
}

/** An end in order. */
export async function closeInOrder({ ws, closed }: Opened): Promise<void> {
  ws.close(1000)
  assert.equal(await closed, 1000)
}
