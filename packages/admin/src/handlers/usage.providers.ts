import { formatAmount, type Millis } from '@faregate/core'
import { ownOrganization, type Handlers } from '../call.ts'
import type { ProviderTotal } from '../ports-usage.ts'
import { timeText } from '../present/time.ts'
import { invalid } from '../refusal.ts'

const DAY_MS = 86_400_000
const USUAL_DAYS = 30
const MOST_DAYS = 366

export const usageProviders: Handlers<'getProviderUsage'> = {
  async getProviderUsage(call) {
    const {
      deps,
      query: { by, provider, organization, ...window },
    } = call
    const to = window.to === undefined ? nextMidnight(deps.clock.now()) : Date.parse(window.to)
    const from = window.from === undefined ? to - USUAL_DAYS * DAY_MS : Date.parse(window.from)
    if (to - from > MOST_DAYS * DAY_MS) return invalid('/from', `is more than ${MOST_DAYS} days before the end: ask for a part of it`)
    const filter = { organization: ownOrganization(call, organization), provider }
    await deps.flushed()
    const data: ProviderTotal[] = []
    // A day at a time: nobody else waits behind one long query.
    for (let day = from; day < to; day = nextMidnight(day)) {
      data.push(...(await deps.store.read.requests.providerUsage({ ...filter, from: day, to: Math.min(nextMidnight(day), to) }, by)))
    }
    return { currency: deps.currency, from: timeText(from), to: timeText(to), data: data.map(presentProviderTotal) }
  },
}

function nextMidnight(at: Millis): Millis {
  return (Math.floor(at / DAY_MS) + 1) * DAY_MS
}

function presentProviderTotal({ at, cost, ...total }: ProviderTotal) {
  return { ...total, at: timeText(at), cost: cost === null ? null : formatAmount(cost) }
}
