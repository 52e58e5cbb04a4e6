import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics/metrics.ts'
import type { Check } from './ready.ts'

/** `/healthz`: the process runs. `/readyz`: it can serve, and if not, why. `/metrics`: Prometheus. */
export function mountHealth(
  server: FastifyInstance,
  deps: { version: string; ready: () => Promise<{ ready: boolean; checks: Check[] }>; metrics: Metrics },
): void {
  server.get('/healthz', (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(JSON.stringify({ ok: true, version: deps.version })),
  )
  server.get('/readyz', async (_request, reply) => {
    const { ready, checks } = await deps.ready()
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(JSON.stringify({ ready, checks }))
  })
  server.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await deps.metrics.expose()
    return reply.header('cache-control', 'no-store').type(contentType).send(text)
  })
}
