import { Pool } from 'undici'
import type { ConnectionTerms } from '../edge.ts'
import type { Reachable } from '../media/guard.ts'
import { boundedConnector } from './bounded-reads.ts'

/** By the milliseconds that connecting may take, and the origin. */
type Pools = Map<number, Map<string, Pool>>

interface Kinds {
  open: Pools
  guarded: Pools
}

/** Which pool a call takes: connections that are made in different ways are never shared. */
interface Wanted {
  origin: string
  connectMs: number
  guarded: boolean
  connection: ConnectionTerms | undefined
}

/**
 * Connection pools, one for each origin, which keep connections alive; another one where connecting may take another time, is
 * guarded, or has terms of its own. Those of terms that nobody has any more go with them.
 */
export class ConnectionPools {
  readonly #limits: { firstByteMs: number; silenceMs: number }
  readonly #reachable: Reachable
  readonly #common: Kinds = noPools()
  readonly #own = new WeakMap<ConnectionTerms, Kinds>()
  readonly #all = new Set<WeakRef<Pool>>()

  /** `reachable`: what guarded calls may connect to. */
  constructor(limits: { firstByteMs: number; silenceMs: number }, reachable: Reachable) {
    this.#limits = limits
    this.#reachable = reachable
  }

  of({ origin, connectMs, guarded, connection }: Wanted): Pool {
    const kinds = connection === undefined ? this.#common : this.#kindsOf(connection)
    const known = guarded ? kinds.guarded : kinds.open
    let pools = known.get(connectMs)
    if (pools === undefined) known.set(connectMs, (pools = new Map<string, Pool>()))
    let pool = pools.get(origin)
    if (pool === undefined) pools.set(origin, (pool = this.#open({ origin, connectMs, guarded, connection })))
    return pool
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map(async (pool) => pool.deref()?.close()))
  }

  #kindsOf(connection: ConnectionTerms): Kinds {
    let kinds = this.#own.get(connection)
    if (kinds === undefined) this.#own.set(connection, (kinds = noPools()))
    return kinds
  }

  #open({ origin, connectMs, guarded, connection }: Wanted): Pool {
    const { firstByteMs, silenceMs } = this.#limits
    const pool = new Pool(origin, {
      connect: boundedConnector(connectMs, guarded ? this.#reachable : undefined, connection),
      headersTimeout: firstByteMs,
      bodyTimeout: silenceMs,
      pipelining: 1,
      allowH2: connection?.http2 === true,
    })
    for (const gone of this.#all) if (gone.deref() === undefined) this.#all.delete(gone)
    this.#all.add(new WeakRef(pool))
    return pool
  }
}

function noPools(): Kinds {
  return { open: new Map(), guarded: new Map() }
}
