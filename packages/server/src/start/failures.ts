import type { Logger } from '../log/log.ts'

/** Errors of a connection that nobody listened to: the connection is gone, everything else is as it was. */
const CONNECTION = /^(ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|ERR_STREAM_|ERR_HTTP_|UND_ERR_)/

/**
 * What happens to an error that nobody caught. One of a connection ends that connection alone. After any other the
 * state of the process is unknown, so it ends, at once: what was held is resolved by recovery, nothing is served unpaid.
 * A rejected promise that nobody waits for is logged; whoever needed its result has a timeout of its own.
 */
export function onUncaught(log: Pick<Logger, 'error' | 'fatal'>, exit: (code: number) => void): void {
  process.on('uncaughtException', (error: Error & { code?: string }) => {
    if (error.code !== undefined && CONNECTION.test(error.code)) {
      log.error({ error: error.stack }, 'an error of a connection was not handled')
      return
    }
    log.fatal({ error: error.stack ?? String(error) }, 'an error was not handled; the process ends')
    exit(1)
  })
  process.on('unhandledRejection', (reason) => {
    log.error({ error: reason instanceof Error ? reason.stack : String(reason) }, 'a rejected promise was not handled')
  })
}
