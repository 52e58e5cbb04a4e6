import { connect } from 'node:net'

/** Redis for tests: the one that `FAREGATE_TEST_REDIS_URL` names, else one on the standard port. */
export const REDIS_URL = process.env['FAREGATE_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'

/** Why tests with Redis cannot run here, or false. */
export async function redisMissing(): Promise<string | false> {
  const { hostname, port } = new URL(REDIS_URL)
  const reached = await new Promise<string | false>((resolve) => {
    const socket = connect({ host: hostname, port: port === '' ? 6379 : Number(port), timeout: 2_000 })
    const end = (reason: string | false): void => {
      socket.destroy()
      resolve(reason)
    }
    socket.once('error', (error) => end(error.message))
    socket.once('timeout', () => end('no answer'))
    socket.once('data', (answer) => end(/^[+-]/.test(answer.toString('latin1')) ? false : 'what answers is no Redis'))
    socket.once('connect', () => socket.write('PING\r\n'))
  })
  if (reached === false) return false
  const reason = `Redis is not reachable (${reached}): set FAREGATE_TEST_REDIS_URL`
  if (process.env['CI'] === 'true') throw new Error(reason)
  process.stderr.write(`SKIPPED: ${reason}\n`)
  return reason
}
