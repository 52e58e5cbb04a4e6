import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { vendors } from '@faregate/providers'
import { systemClock, systemRandom } from '../clock.ts'
import { formatFinding } from '../config/finding.ts'
import { loadWithDocuments, type Complete } from '../config/documents.ts'
import { VERSION } from '../installed.ts'
import { runInvoicing } from '../plans/invoices.ts'
import { connectPayments } from '../payments/payments.ts'
import { runPayments } from '../payments/run.ts'
import { createLog, type Logger } from '../log/log.ts'
import { Closers } from './closers.ts'
import { assembleDataPlane } from './data-plane.ts'
import { drain } from './drain.ts'
import { assembleHttp } from './http.ts'
import { openInstallation } from './installation.ts'
import { noteInstance, ownCertificate } from './instance-file.ts'
import { managementDeps } from './management.ts'
import { readStartSettings, StartRefused, type StartFlags, type StartSettings } from './options.ts'
import { startScreen } from './screen.ts'
import { runWebhooks } from '../webhooks/run.ts'

export interface RunningServer {
  /** Where it listens: scheme, host, port. */
  url: string
  /** Whether no request is being served. */
  idle: () => boolean
  /** Lets running requests end (30 s, `--drain-seconds`), then closes everything. */
  close(): Promise<void>
}

/** After the last connection has ended, what was cut is still charged and recorded. */
const SETTLE_MS = 6_000

/** Where the start screen and the log go. */
export type Output = { write(text: string): unknown; isTTY?: boolean }

type Ready = Extract<Complete, { ok: true }>

/** Opens everything, listens, prints the start screen. Rejects with an error whose message tells the operator what to do. */
export async function openServer(
  flags: StartFlags,
  environment: NodeJS.ProcessEnv,
  output: Output = process.stdout,
): Promise<RunningServer & { log: Logger }> {
  const settings = readStartSettings(flags, environment)
  const loaded = await configured(settings, environment)
  const log = createLog(loaded.configuration.log.level, output)
  const closers = new Closers()
  try {
    const running = await serve(settings, loaded, environment, log, closers, output)
    return { ...running, log }
  } catch (error) {
    await closers.close()
    throw error
  }
}

async function configured(settings: StartSettings, environment: NodeJS.ProcessEnv): Promise<Ready> {
  const loaded = await loadWithDocuments(settings.configFile, environment, vendors)
  if (loaded.ok) return loaded
  throw new StartRefused(
    `The configuration cannot be served:\n${loaded.findings.map((finding) => `  ${formatFinding(finding)}`).join('\n')}`,
  )
}

async function serve(
  settings: StartSettings,
  loaded: Ready,
  environment: NodeJS.ProcessEnv,
  log: Logger,
  closers: Closers,
  output: Output,
): Promise<RunningServer> {
  const { configuration, documents, placeOf, definedBy, findings } = loaded
  for (const finding of findings) log.warn(formatFinding(finding))
  let url = ''
  let closing = false
  const installation = await openInstallation(
    { settings, configuration, documents, placeOf, definedBy, environment, clock: systemClock(), random: systemRandom(), log },
    closers,
  )
  const publicUrl = () => installation.source.settings.publicUrl.value?.replace(/\/+$/, '') ?? url
  const payments = connectPayments(configuration, installation.secrets.hash, publicUrl)
  const serving = assembleDataPlane(installation, configuration, publicUrl, payments, closers)
  const admin = managementDeps(installation, serving, configuration, settings, publicUrl, payments, closers)
  serving.limitDesk.open(admin)
  const { server, plane, tls } = await assembleHttp({
    installation,
    serving,
    configuration,
    settings,
    admin,
    payments,
    publicUrl,
    closing: () => closing,
  })
  url = await listen(server, settings, tls !== undefined)
  closers.add(async () => {
    closing = true
    serving.gateway.goAway()
    const { cut } = await drain(server, settings.drainSeconds * 1000)
    await plane.quiet(SETTLE_MS)
    if (cut) log.warn({ seconds: settings.drainSeconds }, 'requests that had not ended in time were cut')
  })
  runInvoicing({ ...admin, log }, closers)
  if (payments.rail !== undefined) runPayments({ ...admin, rail: payments.rail, log }, closers)
  runWebhooks({ ...installation, unseal: installation.secrets.unseal, mail: configuration.mail }, closers)
  const certificate = tls === undefined ? {} : { certificate: ownCertificate(tls.cert) }
  const note = noteInstance(settings.directory, { url, pid: process.pid, startedAt: installation.clock.now(), ...certificate })
  closers.add(() => note.remove())
  output.write(
    startScreen({
      version: VERSION,
      url,
      publicUrl: publicUrl(),
      ...settings,
      tokenFile: installation.secrets.tokenFile,
      database: settings.databaseUrl === undefined ? `SQLite in ${settings.directory}` : 'PostgreSQL',
      snapshot: installation.live.snapshot,
      pricesPending: installation.cataloguePrices.pending,
    }),
  )
  return { url, idle: plane.idle, close: () => closers.close() }
}

/** Listens and tells the address; a port that is taken is a sentence, not a stack. */
async function listen(server: FastifyInstance, { host, port }: StartSettings, tls: boolean): Promise<string> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE')
      throw new StartRefused(`Port ${port} on ${host} is in use: stop what uses it, or choose another with --port (0 picks a free one).`)
    if (code === 'EACCES')
      throw new StartRefused(`Port ${port} on ${host} is not allowed for this user: choose one above 1023 with --port.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartRefused(`This machine has no address ${host}: choose another with --host.`)
    throw error
  }
  const { address, port: taken } = server.server.address() as AddressInfo
  const name = address.includes(':') ? `[${address}]` : address
  return `${tls ? 'https' : 'http'}://${name}:${taken}`
}
