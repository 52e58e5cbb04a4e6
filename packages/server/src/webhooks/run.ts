import type { Clock, Random } from '@faregate/core'
import type { Store } from '@faregate/store'
import { Pulse } from '@faregate/store/pulse'
import { VERSION } from '../installed.ts'
import type { Logger } from '../log/log.ts'
import type { Closers } from '../start/closers.ts'
import { Deliveries } from './deliver.ts'
import type { MailSettings } from './mail.ts'
import { createSender } from './send.ts'
import { watch } from './watch.ts'

const DELIVER_MS = 1_000
const WATCH_MS = 2_000

export interface WebhookNeeds {
  store: Store
  unseal: (sealed: string, name: string) => string
  clock: Clock
  random: Random
  log: Logger
  /** Undefined: no mail is sent. */
  mail: MailSettings | undefined
}

/** Watches and delivers, off the request path, until it is closed; an attempt that runs then is waited for. */
export function runWebhooks(needs: WebhookNeeds, closers: Closers): void {
  const sender = createSender(VERSION, needs.mail)
  closers.add(() => sender.close())
  const log = (level: 'info' | 'warn' | 'error', message: string, facts: Record<string, unknown> = {}): void =>
    needs.log[level](facts, message)
  const deliveries = new Deliveries({ ...needs, send: sender.send })
  const pulses = [
    new Pulse('watching for webhooks', WATCH_MS, () => watch(needs), log),
    new Pulse('delivering webhooks', DELIVER_MS, () => deliveries.begin(), log),
  ]
  closers.add(async () => {
    await Promise.all(pulses.map((pulse) => pulse.stop()))
    await deliveries.idle()
  })
}
