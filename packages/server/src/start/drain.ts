import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { cutTaken } from '../http/handshake-response.ts'

/** How often connections that have become idle are closed while the server drains, in milliseconds. */
const SWEEP_MS = 50

/**
 * Stops accepting, lets running requests and streams end, and closes connections as they become idle.
 * After `graceMs` what is left is cut. Resolves to how many connections had to be cut: 0 or more.
 */
export async function drain(server: FastifyInstance, graceMs: number): Promise<{ cut: boolean }> {
  const http: Server = server.server
  let cut = false
  const sweep = setInterval(() => http.closeIdleConnections(), SWEEP_MS)
  const deadline = setTimeout(() => {
    cut = true
    http.closeAllConnections()
    cutTaken(http)
  }, graceMs)
  try {
    await server.close()
  } finally {
    clearInterval(sweep)
    clearTimeout(deadline)
  }
  return { cut }
}
