import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Violation } from '@faregate/ledger/types'
import { Client } from 'pg'
import type { Database, Member, Observer } from '../../ledger/sim/database.ts'
import type { DatabaseNeeds } from '../../ledger/sim/world.ts'
import { PostgresBackend } from '../src/postgres/postgres-backend.ts'
import { verifyDatabase } from '../src/postgres/verify.ts'
import { PostgresMember } from './postgres-member.ts'
import { connectAside } from '../src/postgres/connect.ts'
import { readBooks, readRows, type Rows } from './rows.ts'
import { StoreProcess } from './store-process.ts'

/** The clock of the database is a row that the simulation writes; every other database keeps its own. */
const SIMULATED_CLOCK = `
  SET allow_system_table_mods = on;
  CREATE TABLE public.simulated_clock (ms bigint NOT NULL);
  INSERT INTO public.simulated_clock VALUES (0);
  ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO real_clock_timestamp;
  CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT timestamptz 'epoch' + ms * interval '1 millisecond' FROM public.simulated_clock $$;
  RESET allow_system_table_mods;
  SET synchronous_commit = off`

/** A PostgreSQL database of its own, that several stores share as replicas do. */
export class PostgresDatabase implements Database {
  readonly silentMs: number | null
  readonly concurrent = true
  readonly #url: string
  readonly #name: string
  readonly #needs: DatabaseNeeds
  readonly #admin: Client
  /** Sets the clock and reads the books. */
  readonly #inside: Client
  readonly observer: Observer
  readonly #directory = mkdtempSync(join(tmpdir(), 'faregate-sim-'))
  #offset = 0
  #away = false
  #joined = 0

  private constructor(url: string, name: string, needs: DatabaseNeeds, admin: Client, inside: Client) {
    this.#url = url
    this.#name = name
    this.#needs = needs
    this.#admin = admin
    this.#inside = inside
    this.silentMs = needs.silentMs
    this.observer = needs.observer
  }

  /** `url`: of a server on which databases can be made, by its superuser. */
  static async open(url: string, needs: DatabaseNeeds): Promise<PostgresDatabase> {
    const name = `faregate_test_${randomBytes(6).toString('hex')}`
    const admin = new Client({ connectionString: url })
    await admin.connect()
    await admin.query(`CREATE DATABASE ${name}`)
    const inside = await connectAside({ url: urlOf(url, name, 'simulation'), schema: 'public' })
    await inside.query(SIMULATED_CLOCK)
    return new PostgresDatabase(url, name, needs, admin, inside)
  }

  get away(): boolean {
    return this.#away
  }

  /** Ends all connections and takes no more. */
  setAway(away: boolean): Promise<void> {
    this.#away = away
    return this.outside(async () => {
      await this.#admin.query(`ALTER DATABASE ${this.#name} ALLOW_CONNECTIONS ${!away}`)
      if (away) await this.terminate(undefined)
    })
  }

  now(): number {
    return this.#needs.wall() + this.#offset
  }

  moveClock(ms: number): void {
    this.#offset += ms
  }

  join(): Promise<Member> {
    return this.outside(async () => {
      const name = `replica${this.#joined++}`
      const backend = await PostgresBackend.open({
        url: urlOf(this.#url, this.#name, name),
        schema: 'public',
        directory: this.#directory,
        log: () => undefined,
      })
      const process = await StoreProcess.start(backend, this.#directory, {
        clock: { now: () => this.#needs.wall() },
        elapsed: () => this.#needs.scheduler.elapsed,
        now: () => this.now(),
        tell: ({ asked, answered, now }) => {
          if (answered === undefined) this.observer.undecided({ process: 0, asked, now })
          else this.observer.decided({ process: 0, asked, answered, now })
        },
      })
      this.observer.heard(process.epoch, this.now())
      this.observer.looks(process.epoch, this.now())
      return new PostgresMember(this, name, process)
    })
  }

  books(): ReturnType<Database['books']> {
    return this.outside(() => readBooks((text) => this.#read(text)))
  }

  remains(): Promise<Rows> {
    return this.outside(() => readRows((text) => this.#read(text)))
  }

  verify(): Promise<Violation[]> {
    return this.outside(async () => {
      const client = await connectAside({ url: urlOf(this.#url, this.#name, 'verify'), schema: 'public' })
      try {
        return (await verifyDatabase(client)).violations
      } finally {
        await client.end()
      }
    })
  }

  async close(): Promise<void> {
    await this.#inside.end()
    await this.#admin.query(`DROP DATABASE IF EXISTS ${this.#name} WITH (FORCE)`)
    await this.#admin.end()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  /** Ends the connections of a process, or of all, and waits until the server has done with them. */
  async terminate(name: string | undefined): Promise<void> {
    const theirs = `datname = '${this.#name}' AND application_name <> 'simulation'${name === undefined ? '' : ` AND application_name = '${name}'`}`
    for (let looks = 0; looks < 1_000; looks++) {
      const { rowCount } = await this.#admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${theirs}`)
      if (rowCount === 0) return
      await wait(1)
    }
    throw new Error(`connections of ${name ?? this.#name} do not end`)
  }

  async #read(text: string): Promise<unknown[][]> {
    const { rows } = await this.#inside.query<unknown[]>({ text, rowMode: 'array' })
    return rows
  }

  /** What the scheduler waits for. The database's clock is set first. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.#needs.scheduler.outside(
      (async () => {
        await this.#inside.query(`UPDATE public.simulated_clock SET ms = ${this.now()} WHERE ms <> ${this.now()}`)
        return work()
      })(),
    )
  }
}

function urlOf(url: string, database: string, name: string): string {
  const target = new URL(url)
  target.pathname = `/${database}`
  target.searchParams.set('application_name', name)
  return target.href
}
