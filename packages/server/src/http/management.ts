import type { AdminDeps } from '@faregate/admin'
import Fastify, { type FastifyInstance } from 'fastify'
import type { HttpOptions } from './server.ts'

/** The management API, which is loaded with its first call: its schemas would cost every start time and memory. */
export class LazyManagement {
  readonly #deps: AdminDeps
  readonly #options: Pick<HttpOptions, 'trustedProxies'>
  #loading: Promise<FastifyInstance> | undefined

  constructor(deps: AdminDeps, options: Pick<HttpOptions, 'trustedProxies'>) {
    this.#deps = deps
    this.#options = options
  }

  /** Hands everything below `/api/` to the management API, before a body is read; `closing`: connections end with their answer. */
  mount(server: FastifyInstance, closing: () => boolean): void {
    server.register((scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        reply.hijack()
        if (closing()) reply.raw.shouldKeepAlive = false
        const app = await this.#load()
        app.routing(request.raw, reply.raw)
      })
      scope.all('/api', () => undefined)
      scope.all('/api/*', () => undefined)
    })
    server.addHook('onClose', async () => {
      await (await this.#loading)?.close()
    })
  }

  /** The description of the whole API, OpenAPI 3.1, as JSON text. */
  async openApi(): Promise<string> {
    const app = await this.#load()
    return (await app.inject({ method: 'GET', url: '/api/openapi.json' })).body
  }

  #load(): Promise<FastifyInstance> {
    this.#loading ??= load(this.#deps, this.#options)
    return this.#loading
  }
}

async function load(deps: AdminDeps, { trustedProxies }: Pick<HttpOptions, 'trustedProxies'>): Promise<FastifyInstance> {
  const { registerAdmin } = await import('@faregate/admin')
  const app = Fastify({ logger: false, trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies] })
  await registerAdmin(app, deps)
  await app.ready()
  return app
}
