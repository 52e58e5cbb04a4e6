import { connect } from 'node:net'

/** Whether a Redis answers where tests look for one. */
export function redisAnswers(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { hostname, port } = new URL(environment['FAREGATE_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379')
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: port === '' ? 6379 : Number(port), timeout: 2_000 })
    const end = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
