import { onUncaught } from './failures.ts'
import type { StartFlags } from './options.ts'
import { openServer, type RunningServer } from './start.ts'

/**
 * Runs the gateway as this process, for `faregate start`: resolves when it serves. SIGTERM and SIGINT drain and exit
 * with 0, a second one exits at once. Rejects, for a start that is refused, with a message for the operator.
 */
export async function startServer(flags: StartFlags, environment: NodeJS.ProcessEnv): Promise<RunningServer> {
  const server = await openServer(flags, environment)
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
