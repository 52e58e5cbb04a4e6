/**
 * A process that asks the limiter evenly, and says what it was answered. Arguments: Redis, namespace, limit as JSON, calls a
 * second, seconds, when to begin (milliseconds since the epoch).
 */
import { limitRules, type LimitTerms } from '@faregate/core'
import { connectRedis } from '@faregate/store/redis/connect'
import { eventually, pause } from '../support/wait.ts'

const [url = '', namespace = '', limit = '', perSecond = '', seconds = '', begin = ''] = process.argv.slice(2)

const { counters, close } = await connectRedis(url, namespace)
await eventually(() => counters.renew('ready', ['offering']))
const demands = limitRules('org_1', { level: 'key', id: 'key_1' }, [JSON.parse(limit) as LimitTerms]).map((rule) => ({
  rule,
  bucket: rule.bucket,
  terms: rule.terms,
  cost: 1,
  partitioned: false,
}))

const answeredAt: number[] = []
let admitted = 0
async function ask(lease: string): Promise<void> {
  const taken = await counters.take(lease, demands)
  answeredAt.push(performance.timeOrigin + performance.now())
  if (taken.admitted) admitted += 1
}

const calls: Promise<void>[] = []
while (Date.now() < Number(begin)) await pause(1)
for (let elapsed = 0; elapsed < Number(seconds) * 1_000; elapsed = Date.now() - Number(begin)) {
  const due = Math.min(Number(perSecond) * Number(seconds), Math.ceil((elapsed / 1_000) * Number(perSecond)))
  while (calls.length < due) {
    calls.push(ask(String(calls.length)))
  }
  await pause(1)
}
await Promise.all(calls)
process.stdout.write(JSON.stringify({ answeredAt, admitted }))
close()
