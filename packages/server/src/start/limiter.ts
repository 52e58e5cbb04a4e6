import type { Clock, Random } from '@faregate/core'
import { Limiter, type LimiterState } from '@faregate/limits'
import type { Logger } from '../log/log.ts'
import { redact } from '../log/redact.ts'
import type { Closers } from './closers.ts'
import { StartRefused } from './options.ts'

interface LimiterOptions {
  /** Of Redis; undefined: limits are counted in this process. */
  url: string | undefined
  /** The same for all replicas of an installation, and no other. */
  installation: string
  clock: Clock
  random: Random
  log: Logger
}

/** Opens what counts limits. A Redis that is away is no reason not to start: it is looked for, and found by itself. */
export async function openLimiter({ url, installation, clock, random, log }: LimiterOptions, closers: Closers): Promise<Limiter> {
  if (url === undefined) return new Limiter({ clock })
  const { connectRedis } = await import('@faregate/store/redis/connect')
  const connection = await connectRedis(url, installation).catch((error: unknown) => {
    throw new StartRefused(
      `--redis-url (FAREGATE_REDIS_URL) cannot be used: ${redact(String(error))}. Write redis://host:6379, or rediss:// for TLS.`,
    )
  })
  closers.add(() => connection.close())
  const instance = Buffer.from(random.bytes(12)).toString('hex')
  const limiter = new Limiter({ clock, shared: connection.counters, instance, onChange: (state) => tell(log, state) })
  closers.add(() => limiter.close())
  await limiter.start()
  return limiter
}

function tell(log: Logger, { counting, replicas, cause }: LimiterState): void {
  if (counting === 'lost') log.warn({ replicas, cause: redact(cause ?? '') }, 'Redis does not answer: limits are counted here, by share')
  else log.info({ replicas }, 'limits are counted in Redis')
}
