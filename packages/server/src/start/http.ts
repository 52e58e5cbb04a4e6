import { readFileSync } from 'node:fs'
import type { AdminDeps } from '@faregate/admin'
import type { FastifyInstance } from 'fastify'
import { relativeTo } from '../config/meaning.ts'
import type { Configuration } from '../config/schema.ts'
import { checkReadiness } from '../health/ready.ts'
import { mountHealth } from '../health/routes.ts'
import { BodyRoom } from '../http/body-room.ts'
import { certificatesFrom } from '../http/client-certificate.ts'
import { createDataPlane, type DataPlane } from '../http/data-plane.ts'
import { LazyManagement } from '../http/management.ts'
import { mountTokenEndpoint } from '../http/token-endpoint.ts'
import { createHttpServer } from '../http/server.ts'
import { DOCS_FOLDER, VERSION } from '../installed.ts'
import { mountCatalogue } from '../catalogue/routes.ts'
import { mountMethodPage } from '../payments/method-page.ts'
import type { Payments } from '../payments/payments.ts'
import { mountTopUpPage } from '../payments/top-up-page.ts'
import { mountRailWebhook } from '../payments/webhook.ts'
import { mountDenials } from '../pages/denial-routes.ts'
import { mountPages } from '../pages/routes.ts'
import type { Serving } from './data-plane.ts'
import { memoryKeeper } from './give-back.ts'
import type { Installation } from './installation.ts'
import type { StartSettings } from './options.ts'
import { commandsOf } from './screen.ts'

export interface HttpAssembly {
  installation: Installation
  serving: Serving
  configuration: Configuration
  settings: StartSettings
  admin: AdminDeps
  payments: Payments
  publicUrl: () => string
  /** True once the process drains: connections end with their answer. */
  closing: () => boolean
}

export interface Assembled {
  server: FastifyInstance
  plane: DataPlane
  /** What the listener proves itself with; `undefined`: it speaks HTTP. */
  tls: Tls | undefined
}

/** PEM files as they are. */
interface Tls {
  cert: Buffer
  key: Buffer
}

/** Mounts everything that is served on one HTTP server: data plane, management API, pages, health. */
export async function assembleHttp(parts: HttpAssembly): Promise<Assembled> {
  const { installation, serving, configuration, settings, admin, publicUrl } = parts
  const { clock, random, store, live } = installation
  const { limits } = configuration
  const memory = memoryKeeper(() => plane.idle())
  const room = new BodyRoom(Math.max(limits.bodiesBytes, limits.bodyBytes), memory.giveBack)
  const certificates = certificatesFrom(configuration.clientCertificates, configuration.trustedProxies)
  const plane = createDataPlane(serving.gateway, parts.closing, room, certificates)
  serving.addresses.of = (id) => plane.addressOf(id)
  const tls = readTls(configuration, settings)
  const server = createHttpServer(serving.gateway, plane, {
    bodyBytes: limits.bodyBytes,
    headerBytes: limits.headerBytes,
    requestMs: limits.requestMs,
    room,
    trustedProxies: configuration.trustedProxies,
    tls: tls && { ...tls, asks: configuration.clientCertificates === 'tls' },
    publicUrl,
    certificateOf: certificates,
  })
  const shared = { clock, random, publicUrl, version: VERSION }
  plane.mount(server)
  const management = new LazyManagement(admin, configuration)
  management.mount(server, parts.closing)
  mountPages(server, { ...shared, openApi: () => management.openApi(), docs: DOCS_FOLDER, home: () => homeFacts(parts) })
  mountDenials(server, {
    ...shared,
    isOperatorToken: installation.secrets.isOperatorToken,
    findKey: (presented) => installation.keys.find(presented),
    find: async (id) => {
      await store.records.flush()
      return admin.store.read.denials.get(id)
    },
  })
  mountTokenEndpoint(server, {
    ...shared,
    findKey: (presented) => installation.keys.find(presented),
    issue: installation.secrets.issueToken,
    jwk: installation.secrets.assertions.jwk,
    apis: () => live.snapshot.apis.values(),
  })
  mountCatalogue(server, { ...shared, admin, findKey: (presented) => installation.keys.find(presented) })
  mountPayments(server, parts)
  mountHealth(server, {
    version: VERSION,
    metrics: serving.metrics,
    ready: () =>
      checkReadiness({
        store,
        snapshot: () => live.snapshot,
        health: serving.health,
        directory: settings.directory,
        limiter: installation.limiter,
      }),
  })
  await server.ready()
  return { server, plane, tls }
}

/** Without a payment rail nothing of it is served. */
function mountPayments(server: FastifyInstance, { admin, payments, installation, publicUrl }: HttpAssembly): void {
  const { rail } = payments
  if (rail === undefined) return
  mountRailWebhook(server, { ...admin, rail, publicUrl, log: installation.log })
  const linked = { ...admin, ...payments, rail, version: VERSION, log: installation.log }
  mountTopUpPage(server, linked)
  mountMethodPage(server, linked)
}

function homeFacts({ installation, serving, settings, publicUrl }: HttpAssembly) {
  const { snapshot } = installation.live
  return {
    version: VERSION,
    publicUrl: publicUrl(),
    providers: [...snapshot.providers.values()].map(({ name, kind }) => ({ name, kind, state: serving.health.of(name).state })),
    commands: commandsOf({ publicUrl: publicUrl(), snapshot, ...settings }),
  }
}

function readTls({ tls }: Configuration, { configFile }: StartSettings): Tls | undefined {
  return tls === undefined
    ? undefined
    : { cert: readFileSync(relativeTo(configFile, tls.cert)), key: readFileSync(relativeTo(configFile, tls.key)) }
}
