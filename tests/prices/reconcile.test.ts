import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { answer, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import type { Ran } from '../support/cli.ts'
import { say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const DAY_S = 86_400
const DATED = 'gpt-5-nano-2025-08-07'
const CALLS = 3
/** Of one call, as the provider counts it, and by the catalogue's price: 0.05, 0.005 and 0.40 a million. */
const USED = { input: 30, cached: 10, output: 5 }
const COST = (20 * 0.05 + 10 * 0.005 + 5 * 0.4) / 1e6

/** When the day of this run begins, as long as it lasts. */
const START = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S
const TODAY = new Date(START * 1000).toISOString().slice(0, 10)

/** What OpenAI's usage API answers about calls of today. */
function usageAnswer(more: Record<string, number> = {}): unknown {
  const result = {
    object: 'organization.usage.completions.result',
    input_tokens: CALLS * USED.input,
    input_cached_tokens: CALLS * USED.cached,
    output_tokens: CALLS * USED.output,
    num_model_requests: CALLS,
    model: DATED,
    ...more,
  }
  return { object: 'page', data: [{ object: 'bucket', start_time: START, end_time: START + DAY_S, results: [result] }], has_more: false }
}

function costsAnswer(value: number): unknown {
  const results = [{ object: 'organization.costs.result', amount: { value, currency: 'usd' }, line_item: null }]
  return { object: 'page', data: [{ object: 'bucket', start_time: START, end_time: START + DAY_S, results }], has_more: false }
}

interface Reported {
  ok: boolean
  providers: string[]
  lines: { model: string | null; what: string; ours: unknown; theirs: unknown; result: string }[]
  ours: { calls: number; used: number; estimated: number }
}

describe("reconciling with a provider's export", () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('gpt-5-nano', answer(usage(USED.input, USED.output, { cached: USED.cached })))
    upstream.on('broken', (exchange) => exchange.response.writeHead(500).end('{}'))
    const provider = { kind: 'openai', baseUrl: upstream.url, apiKey: 'sk-upstream-test' }
    gateway = await startGateway({
      config: {
        providers: [
          { name: 'first', ...provider },
          { name: 'second', ...provider },
        ],
        models: {
          nano: { deployments: [{ provider: 'second', model: 'gpt-5-nano' }] },
          // Falls back: the failure is counted at one provider, the use at the other.
          safe: {
            deployments: [
              { provider: 'first', model: 'broken', priority: 0 },
              { provider: 'second', model: 'gpt-5-nano', priority: 1 },
            ],
            price: { input: '1', output: '1' },
          },
        },
      },
    })
    const customer = await gateway.customer('10.00')
    for (const model of ['nano', 'nano', 'safe']) {
      const served = await gateway.chat(customer.key, { model, max_tokens: 50, messages: say('word '.repeat(15)) })
      assert.equal(served.status, 200, served.text)
    }
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  function reconcile(content: unknown, ...args: string[]): Promise<Ran> {
    const file = join(gateway.data, 'export')
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
    return faregate(['reconcile', file, ...args], gateway)
  }

  test('what the provider counted as we did agrees, under the dated name of the model: exit 0', async () => {
    const ran = await reconcile(usageAnswer())
    assert.equal(ran.code, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, new RegExp(`^${TODAY} +gpt-5-nano +input +60 +60 +0 +ok$`, 'm'))
    assert.match(ran.stdout, /Our records agree with the export/)
    assert.match(ran.stdout, /1 calls failed or were broken off without any usage/)
  })

  test('a difference is shown with both numbers: exit 1, unless it is within the tolerance', async () => {
    const differing = usageAnswer({ input_tokens: 91 })
    const ran = await reconcile(differing)
    assert.equal(ran.code, 1)
    assert.match(ran.stdout, new RegExp(`^${TODAY} +gpt-5-nano +input +60 +61 +1 +differs$`, 'm'))
    assert.match(ran.stderr, /do not agree/)
    assert.equal((await reconcile(differing, '--tolerance', '2')).code, 0)
  })

  test('usage by model and costs by day are compared together, costs by what the provider takes', async () => {
    const costs = join(gateway.data, 'costs')
    writeFileSync(costs, JSON.stringify(costsAnswer(CALLS * COST)))
    const ran = await reconcile(usageAnswer(), costs, '--json')
    assert.equal(ran.code, 0, ran.stdout + ran.stderr)
    const report = JSON.parse(ran.stdout) as Reported
    assert.deepEqual(report.lines.at(-1), {
      ...report.lines.at(-1),
      model: null,
      what: 'cost',
      ours: '0.00000915',
      theirs: '0.00000915',
      result: 'ok',
    })
    assert.deepEqual([report.providers.toSorted(), report.ours.calls, report.ours.used], [['first', 'second'], 4, 3])
    assert.equal((await reconcile(costsAnswer(CALLS * COST * 1.01))).code, 1)
  })

  test('`--provider` narrows our side; a table of one’s own names providers itself', async () => {
    assert.match((await reconcile(usageAnswer(), '--provider', 'first')).stdout, /gpt-5-nano.* +input +– +60 +60 +only there/)
    const table = `day,model,provider,input,cacheRead,output\n${TODAY},gpt-5-nano,second,60,30,15\n`
    const ran = await reconcile(table)
    assert.equal(ran.code, 0, ran.stdout + ran.stderr)
    const unnamed = await reconcile(table.replace('provider,', '').replace('second,', ''))
    assert.deepEqual([unnamed.code, /--provider NAME/.test(unnamed.stderr)], [2, true])
  })

  test('the days can be chosen; what was used on others is on neither side', async () => {
    const ran = await reconcile(usageAnswer(), '--to', TODAY, '--from', '2026-01-01')
    assert.deepEqual([ran.code, /There was nothing to compare/.test(ran.stdout)], [0, true])
    assert.equal((await reconcile(usageAnswer(), '--from', 'yesterday')).code, 2)
  })

  test('it is an unprivileged client: a token that may see usage is enough, for its own organization', async () => {
    const made = await gateway.api.expect<{ token: string }>(201, 'POST', '/api/tokens', { name: 't', permissions: ['usage:read'] })
    const file = join(gateway.data, 'export')
    const env = { FAREGATE_TOKEN: made.token, FAREGATE_URL: gateway.url }
    assert.equal((await faregate(['reconcile', file, '--provider', 'second'], undefined, env)).code, 0)
    const refused = await faregate(['reconcile', file], undefined, env)
    assert.match(refused.stderr, /providers:read/)
  })
})
