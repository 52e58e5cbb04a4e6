import type { Clock, Random } from '@faregate/core'
import type { Store } from '@faregate/store'
import { claimDelivery, dueDeliveries, endAttempt, type DueDelivery } from '@faregate/store/queries/index'
import type { Logger } from '../log/log.ts'
import { pauseAfter } from './schedule.ts'
import { SEND_MS, type Answer, type Send } from './send.ts'
import { signedHeaders } from './signature.ts'

export interface DeliveryNeeds {
  store: Pick<Store, 'read' | 'write'>
  unseal: (sealed: string, name: string) => string
  send: Send
  clock: Clock
  random: Random
  log: Pick<Logger, 'warn'>
}

/** Of each webhook in one round: a slow receiver keeps nobody else waiting, and is not run down itself. */
const AT_ONCE = 4

/** An attempt that a kill cut off is made again after this. */
const CLAIM_MS = SEND_MS + 5_000

/**
 * Takes from the outbox what is due and tries it, each delivery by one process: at least once, with one id. While the
 * deliveries of a webhook are on their way no others of it are begun, and nobody else waits for them.
 */
export class Deliveries {
  readonly #needs: DeliveryNeeds
  readonly #busy = new Map<string, Promise<void>>()

  constructor(needs: DeliveryNeeds) {
    this.#needs = needs
  }

  /** Begins what is due. */
  async begin(): Promise<void> {
    const due = await dueDeliveries(this.#needs.store.read, this.#needs.clock.now(), AT_ONCE)
    for (const [webhook, some] of Map.groupBy(due, (one) => one.webhook.id)) {
      if (!this.#busy.has(webhook)) this.#busy.set(webhook, this.#run(webhook, some))
    }
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  async #run(webhook: string, due: DueDelivery[]): Promise<void> {
    try {
      await Promise.all(due.map((delivery) => deliver(this.#needs, delivery)))
    } catch (error) {
      this.#needs.log.warn({ webhook, error: String(error) }, 'webhook deliveries could not be written down; they are made again')
    } finally {
      this.#busy.delete(webhook)
    }
  }
}

async function deliver(needs: DeliveryNeeds, due: DueDelivery): Promise<void> {
  const { store, clock } = needs
  const claimedUntil = clock.now() + CLAIM_MS
  if (!(await store.write((trx) => claimDelivery(trx, due, claimedUntil)))) return
  const answer = await send(needs, due)
  const at = clock.now()
  const next = answer.error === null ? 'delivered' : nextAfter(needs, due, at)
  await store.write((trx) => endAttempt(trx, due, claimedUntil, { ...answer, at, next }))
  if (next === 'failed') {
    needs.log.warn({ webhook: due.webhook.id, event: due.event, error: answer.error }, 'a webhook delivery was given up')
  }
}

function send({ unseal, send: post, clock }: DeliveryNeeds, { webhook, event, body }: DueDelivery): Promise<Answer> {
  const secret = unseal(webhook.secretSealed, `webhook:${webhook.id}`)
  return post(webhook.url, body, signedHeaders(secret, event, clock.now(), body), webhook.trusted)
}

function nextAfter({ random }: DeliveryNeeds, { attempts }: DueDelivery, at: number): number | 'failed' {
  const pause = pauseAfter(attempts + 1, random)
  return pause === undefined ? 'failed' : at + pause
}
