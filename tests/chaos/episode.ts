import assert from 'node:assert/strict'
import { decimal, nano } from '../support/decimal.ts'
import type { Customer } from '../support/gateway.ts'
import { eventually, pause, within } from '../support/wait.ts'
import { CATALOGUE } from '../faults/catalogue/index.ts'
import { ageTarget, begin } from './actions.ts'
import { audit } from './audit.ts'
import type { Facts } from './audit.ts'
import { Call } from './call.ts'
import type { Seen } from './call.ts'
import type { Episode } from './plan.ts'
import { Random } from './random.ts'
import { Trigger } from './trigger.ts'
import type { World } from './world.ts'

const CREDIT = 1_000_000_000_000n
/** Beyond every limit of the gateway, and every outage of the plan. */
const CALL_MS = 45_000
/** After the end of a call, its last step has been reached by then. */
const STEP_MS = 3_000
const SERVED_AGAIN_MS = 30_000
const AT_REST_MS = 15_000

export interface Outcome {
  /** Every promise that was broken. */
  broken: string[]
  /** What the callers got, in words. */
  got: string
}

/** Plays an episode on a world that is well, and leaves it well. */
export async function play(world: World, episode: Episode): Promise<Outcome> {
  const customer = await world.gateway.customer(decimal(CREDIT))
  const run = new Run(world, episode, customer, await world.gateway.api.key(customer.application))
  const broken = await run.play()
  await run.revive()
  const after = await run.servedAgain()
  return { broken: [...broken, ...after, ...(await run.audited())], got: run.got }
}

class Run {
  readonly #world: World
  readonly #episode: Episode
  readonly #customer: Customer
  /** A key that nobody has used before. */
  readonly #unused: string
  readonly #calls: Promise<Seen>[] = []
  readonly #random: Random
  #seen: Seen[] = []
  #ending: Promise<void> = Promise.resolve()
  #next = 0

  constructor(world: World, episode: Episode, customer: Customer, unused: { key: string }) {
    this.#world = world
    this.#episode = episode
    this.#customer = customer
    this.#unused = unused.key
    this.#random = new Random(episode.index + 1)
  }

  get #killed(): boolean {
    return this.#episode.action.startsWith('kill')
  }

  async play(): Promise<string[]> {
    const { step, action, delayMs, load, companions, nth } = this.#episode
    const user = this.#user()
    const trigger = new Trigger(step, delayMs, async () => {
      const end = await begin(action, { world: this.#world, subject, customer: this.#customer, nth })
      if (end !== undefined) this.#ending = pause(this.#episode.forMs).then(end)
      if (action.startsWith('database-')) this.#call('whole', this.#unused)
    })
    const subject = new Call(this.#asked(user, load, this.#customer.key), (at) => trigger.at(at))
    this.#world.stage = { subject: user, at: (at) => trigger.at(at) }
    for (const companion of companions) this.#call(companion, this.#customer.key)
    this.#calls.push(subject.run())
    const broken = await this.#finish(trigger)
    this.#world.stage = undefined
    if (!trigger.reached) broken.push(`the step ${step} was never reached`)
    if (trigger.failure !== undefined) broken.push(`${action} could not be done: ${trigger.failure}`)
    return broken
  }

  /** Waits for every caller to have its end. */
  async #finish(trigger: Trigger): Promise<string[]> {
    try {
      // A step can lie behind the end of the call.
      await Promise.race([trigger.done, Promise.all(this.#calls).then(() => pause(STEP_MS))])
      // A probe is called in the middle.
      for (let known = 0; known < this.#calls.length;) {
        known = this.#calls.length
        this.#seen = await within(CALL_MS, 'the end of every call', Promise.all(this.#calls))
      }
      return []
    } catch (error) {
      return [String(error)]
    } finally {
      await this.#ending
    }
  }

  get got(): string {
    const kinds = Map.groupBy(this.#seen, ({ whole, status, code }) =>
      whole ? 'whole' : (code ?? (status === null ? 'nothing' : 'cut off')),
    )
    return [...kinds].map(([kind, all]) => `${all.length} ${kind}`).join(', ')
  }

  /** Starts what was killed, once more where it is killed again while it recovers. */
  async revive(): Promise<void> {
    if (!this.#killed) return
    const { gateway, postgres } = this.#world
    if (postgres !== undefined) await ageTarget(this.#world)
    if (this.#episode.action === 'kill-twice') {
      const starting = gateway.start().catch(() => undefined)
      await pause(this.#random.between(30, 600))
      await gateway.kill('SIGKILL')
      await starting
      if (postgres !== undefined) await ageTarget(this.#world)
    }
    await gateway.start()
  }

  /** The gateway serves again, the same process unless it was killed. */
  async servedAgain(): Promise<string[]> {
    const { pid } = this.#world.gateway
    try {
      await eventually(
        async () => {
          this.#calls.length = 0
          this.#call('whole', this.#customer.key)
          const [seen] = await Promise.all(this.#calls)
          assert.ok(seen)
          this.#seen.push(seen)
          assert.ok(seen.whole, `answered ${seen.status} ${seen.code}`)
        },
        SERVED_AGAIN_MS,
        200,
      )
    } catch (error) {
      return [`not served again: ${String(error)}`]
    }
    return alive(pid) ? [] : ['the process ended by itself']
  }

  /** What is still broken when everything has had time to settle. */
  async audited(): Promise<string[]> {
    let found: string[] = []
    await eventually(async () => {
      found = audit(await this.#facts())
      assert.deepEqual(found, [])
    }, AT_REST_MS).catch((error: unknown) => {
      if (found.length === 0) found = [String(error)]
    })
    return found
  }

  async #facts(): Promise<Facts> {
    const { api } = this.#world.gateway
    const { organization } = this.#customer
    const balance = await api.balance(organization)
    const { ok, violations } = await api.verify()
    const users = new Set(this.#seen.map(({ user }) => user))
    const calls = this.#world.upstream.calls.map((call) => String(call.body['user'])).filter((user) => users.has(user))
    return {
      action: this.#episode.action,
      killed: this.#killed,
      seen: this.#seen,
      calls: new Map([...Map.groupBy(calls, (user) => user)].map(([user, all]) => [user, all.length])),
      records: await api.records({ organization, limit: '500' }),
      spent: CREDIT - nano(balance.available) - nano(balance.held),
      held: nano(balance.held),
      verified: ok ? [] : violations.map((violation) => JSON.stringify(violation)),
    }
  }

  #user(): string {
    return `${this.#episode.index}-${this.#next++}`
  }

  #asked(user: string, model: string, key: string): ConstructorParameters<typeof Call>[0] {
    return { url: this.#world.gateway.url, key, user, model, streaming: streams(model, user) }
  }

  #call(model: string, key: string): void {
    this.#calls.push(new Call(this.#asked(this.#user(), model, key)).run())
  }
}

/** A fault is met in the way that it applies to; where both do, by turns. */
function streams(model: string, user: string): boolean {
  const fault = CATALOGUE.find(({ name }) => name === model)
  if (fault === undefined) return model === 'stream' || model === 'slices'
  if (fault.whole === undefined || fault.streamed === undefined) return fault.whole === undefined
  return user.endsWith('1') || user.endsWith('3')
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
