import module from 'node:module'
import { dirname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { Logger } from '../log/log.ts'
import { onUncaught } from './failures.ts'
import { memoryKeeper } from './give-back.ts'
import type { StartFlags } from './options.ts'
import { openServer, type RunningServer } from './start.ts'

/**
 * Runs the gateway as this process, for `faregate start`: resolves when it serves. SIGTERM and SIGINT drain and exit
 * with 0, a second one exits at once. Rejects, for a start that is refused, with a message for the operator.
 */
export async function startServer(flags: StartFlags, environment: NodeJS.ProcessEnv): Promise<RunningServer> {
  makeNothingOld()
  shareCompileCache()
  outliveOutput()
  const opening = openServer(flags, environment)
  endBySignal(opening)
  const server = await opening
  keepCompileCache()
  memoryKeeper(server.idle).giveBack()
  onUncaught(server.log, (code) => process.exit(code))
  return server
}

/**
 * What belongs to a request survives a collection or two while it waits for the ledger and the upstream. From that V8
 * concludes that its kind lives long, and makes it where only a full collection frees it: a pause for everyone.
 */
function makeNothingOld(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}

/** Whoever read the output may go away; a gateway that nobody listens to serves on. */
function outliveOutput(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
}

/** One press of a key reaches this process twice: from the terminal, and from npm, which passes it on. */
const SAME_PRESS_MS = 500

/** Listens before the gateway serves, so that a signal in its first moment ends it in order as well. */
function endBySignal(opening: Promise<RunningServer & { log: Logger }>): void {
  let since: number | undefined
  const end = (signal: NodeJS.Signals) => {
    if (since === undefined) {
      since = performance.now()
      endInOrder(opening, signal).then(
        (code) => process.exit(code),
        () => process.exit(1),
      )
    } else if (signal !== 'SIGINT' || performance.now() - since > SAME_PRESS_MS) {
      process.exit(1)
    }
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

async function endInOrder(opening: Promise<RunningServer & { log: Logger }>, signal: NodeJS.Signals): Promise<number> {
  const server = await opening
  server.log.info({ signal }, 'draining: no new requests are taken, running ones end')
  try {
    await server.close()
    return 0
  } catch (error) {
    server.log.error({ error: String(error) }, 'the end was not in order')
    return 1
  }
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
