import module from 'node:module'
import { dirname } from 'node:path'
import { onUncaught } from './failures.ts'
import type { StartFlags } from './options.ts'
import { openServer, type RunningServer } from './start.ts'

/**
 * Runs the gateway as this process, for `faregate start`: resolves when it serves. SIGTERM and SIGINT drain and exit
 * with 0, a second one exits at once. Rejects, for a start that is refused, with a message for the operator.
 */
export async function startServer(flags: StartFlags, environment: NodeJS.ProcessEnv): Promise<RunningServer> {
  shareCompileCache()
  const server = await openServer(flags, environment)
  keepCompileCache()
  onUncaught(server.log, (code) => process.exit(code))
  let ending = false
  const end = (signal: NodeJS.Signals) => {
    if (ending) process.exit(1)
    ending = true
    server.log.info({ signal }, 'draining: no new requests are taken, running ones end')
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        server.log.error({ error: String(error) }, 'the end was not in order')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  return server
}

/** Worker threads take the compile cache from the environment: without it, each compiles for itself what it loads. */
function shareCompileCache(): void {
  const folder = module.getCompileCacheDir()
  if (folder !== undefined) process.env['NODE_COMPILE_CACHE'] ??= dirname(folder)
}

const FLUSH_AFTER_MS = 2_000

/** Writes the cache while the process runs: one that is killed leaves a fast start behind as well. */
function keepCompileCache(): void {
  setTimeout(() => module.flushCompileCache(), FLUSH_AFTER_MS).unref()
}
