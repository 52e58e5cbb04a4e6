import assert from 'node:assert/strict'
import { movableClock } from './database-clock.ts'
import type { DatabaseClock } from './database-clock.ts'
import type { Gateway, GatewayOptions } from './gateway.ts'
import type { TestDatabase } from './postgres.ts'
import { eventually } from './wait.ts'

const CLOCK = new URL('jumping-clock.ts', import.meta.url)

/** Time as a test moves it: that of the gateways, and with them that of the database, by which the ledger goes there. */
export class MovingTime {
  readonly #moments: readonly string[]
  readonly #database: DatabaseClock | undefined
  #next = 1

  private constructor(moments: readonly string[], database: DatabaseClock | undefined) {
    this.#moments = moments
    this.#database = database
  }

  /** It begins at the first of the moments; `database`: PostgreSQL's, if the gateways keep everything there. */
  static async from(moments: readonly string[], database?: TestDatabase): Promise<MovingTime> {
    const clock = database === undefined ? undefined : await movableClock(database)
    await clock?.ahead(Date.parse(String(moments[0])) - Date.now())
    return new MovingTime(moments, clock)
  }

  /** What the gateways are started with. */
  get env(): NonNullable<GatewayOptions['env']> {
    const [begins = '', ...jumps] = this.#moments
    return { NODE_OPTIONS: `--import=${CLOCK.href}`, CLOCK_BEGINS: begins, CLOCK_JUMPS_TO: jumps.join(',') }
  }

  /** Goes to the next moment, and comes back once it is there for everybody. */
  async jump(gateways: readonly Gateway[]): Promise<void> {
    const to = this.#moments[this.#next++] ?? assert.fail('there is no further moment')
    await this.#database?.ahead(Date.parse(to) - Date.now())
    for (const gateway of gateways) gateway.signal('SIGUSR2')
    const said = `the clock has jumped to ${to}\n`
    await eventually(() =>
      assert.ok(
        gateways.every(({ output }) => output.includes(said)),
        `not yet ${to}`,
      ),
    )
  }
}
