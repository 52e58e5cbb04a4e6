import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Scene } from '../replay/answers/scene.ts'
import { WRITERS } from '../replay/answers/writers.ts'
import type { Plan } from '../replay/plan.ts'
import type { JsonObject } from '../replay/types.ts'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { header, send, type Answer } from '../support/http.ts'
import { cost } from './charge.ts'
import { PROVIDERS, toldBy, type Provider } from './providers.ts'
import { SURFACES } from './surfaces/all.ts'
import type { Surface } from './surfaces/surface.ts'
import { startWorld, stopWorld, type World } from './world.ts'

const SCENE: Scene = {
  parts: [{ type: 'text', text: 'One two three four five six seven.' }],
  stop: 'stop',
  usage: { input: 14, cacheRead: 8, output: 9 },
}

/** What ends a whole stream in each API; none of it may be in one that broke off. */
const ENDINGS: Record<string, RegExp> = {
  'openai-chat': /\[DONE\]|"finish_reason":"(stop|length)"/,
  'openai-responses': /response\.completed|response\.incomplete/,
  anthropic: /message_stop/,
  gemini: /"finishReason":"(STOP|MAX_TOKENS)"/,
  cohere: /"finish_reason":"(COMPLETE|MAX_TOKENS)"/,
  ollama: /"done_reason":"(stop|length)"/,
}

describe('what goes wrong at a provider, told in every API', () => {
  let world: World
  let count = 0

  before(async () => {
    world = await startWorld({ limits: { firstByteMs: 700, silenceMs: 700 } })
  })
  after(() => stopWorld(world))

  /** One call by a surface, which its provider answers as planned. */
  async function call(
    surface: Surface,
    { name }: Pick<Provider, 'name'>,
    stream: boolean,
    plan: Plan,
    more: Record<string, string> = {},
  ): Promise<Answer> {
    const mark = `(fault ${count++})`
    world.replay.next({ answer: SCENE, ...plan }, { if: (entry) => entry.call.bytes.includes(mark) })
    const model = `${name}-plain`
    const body = surface.body(surface.ask(`Count. ${mark}`, 300), model, stream)
    const headers = { ...surface.headers(world.customer.key), ...more }
    return send(world.gateway.url + surface.path(model, stream), { body, headers })
  }

  async function chargedFor(answer: Answer): Promise<{ cost: bigint; denial: string | null }> {
    const record = await world.gateway.api.record(header(answer, 'x-request-id') ?? '')
    return { cost: nano(record.cost), denial: record.denial }
  }

  /** Every surface at every provider, all at once. Gives what was wrong. */
  async function everywhere(check: (surface: Surface, provider: Provider) => Promise<void>): Promise<string[]> {
    const pairs = SURFACES.flatMap((surface) => PROVIDERS.map((provider) => ({ surface, provider })))
    const wrong = await Promise.all(
      pairs.map(({ surface, provider }) =>
        check(surface, provider).then(
          () => [],
          (error: unknown) => [`${surface.title} → ${provider.title}: ${(error as Error).message.slice(0, 500)}`],
        ),
      ),
    )
    return wrong.flat()
  }

  test('S9: a provider that takes the request and never answers is a 504 at no charge', async () => {
    const wrong = await everywhere(async (surface, provider) => {
      for (const stream of [false, true]) {
        const answer = await call(surface, provider, stream, { fault: 'silence' })
        assert.equal(answer.status, 504, answer.text)
        assert.match(answer.text, /limits\.firstByteMs/)
        assert.deepEqual(await chargedFor(answer), { cost: 0n, denial: 'provider_timeout' })
      }
    })
    assert.deepEqual(wrong, [])
  })

  test('S5, S9: a stream that stalls never looks complete, and what was delivered is charged, no more', async () => {
    const wrong = await everywhere(async (surface, provider) => {
      const answer = await call(surface, provider, true, { fault: 'silence:5' })
      assert.equal(answer.status, 200, answer.text)
      assert.doesNotMatch(answer.text, ENDINGS[surface.name] ?? /^/)
      assert.match(answer.text, /provider_timeout|limits\.silenceMs/)
      const charged = await chargedFor(answer)
      assert.ok(charged.cost > 0n && charged.cost < 1_000_000n, String(charged.cost))
    })
    assert.deepEqual(wrong, [])
  })

  test('S5, E7: an error of the provider in mid-stream ends the stream in error, and its words stay with the operator', async () => {
    const wrong = await everywhere(async (surface, provider) => {
      const answer = await call(surface, provider, true, { fault: 'error:5' })
      assert.equal(answer.status, 200, answer.text)
      assert.doesNotMatch(answer.text, ENDINGS[surface.name] ?? /^/)
      assert.match(answer.text, /error/i)
      assert.doesNotMatch(answer.text, /The server had an error|Overloaded|overloaded/)
    })
    assert.deepEqual(wrong, [])
  })

  test('E7: a prompt that is too long is told under one code, in the words of the provider', async () => {
    const wrong = await everywhere(async (surface, provider) => {
      const answer = await call(surface, provider, false, { fault: 'context' })
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`)
      assert.deepEqual(await chargedFor(answer), { cost: 0n, denial: 'provider_rejected' })
      assert.match(answer.text, /too long|too large|too many|exceed|maximum context/i)
      if (provider.dialects.includes(surface.dialect)) return
      assert.match(answer.text, /prompt is too long/)
      assert.match(answer.text, /context_length_exceeded/)
      if (!surface.name.startsWith('openai')) return
      const { error } = JSON.parse(answer.text) as { error: { code: string } }
      assert.equal(error.code, 'context_length_exceeded')
    })
    assert.deepEqual(wrong, [])
  })

  test('U3, U9: usage that a stream tells twice is charged once', async () => {
    const wrong = await everywhere(async (surface, provider) => {
      if (!['openai-chat', 'anthropic', 'bedrock', 'gemini'].includes(provider.dialects[0] ?? '')) return
      const answer = await call(surface, provider, true, { answer: { events: usageTwice(provider, surface) } })
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(await chargedFor(answer), { cost: cost(toldBy(provider, SCENE)), denial: null })
    })
    assert.deepEqual(wrong, [])
  })

  test('E4, E5: of the headers of a provider none reaches a caller but those that every answer has', async () => {
    const names = new Set<string>()
    const wrong = await everywhere(async (surface, provider) => {
      for (const stream of [false, true]) {
        const answer = await call(surface, provider, stream, {})
        assert.equal(answer.status, 200, answer.text)
        for (const name of Object.keys(answer.headers)) names.add(name)
      }
      const refused = await call(surface, provider, false, { fault: 'context' })
      for (const name of Object.keys(refused.headers)) names.add(name)
    })
    assert.deepEqual(wrong, [])
    const foreign = [...names].filter((name) => !OURS.test(name))
    assert.deepEqual(foreign, [])
  })

  test('M7: versions and betas go on to providers of the same API; nothing else of a caller’s head goes anywhere', async () => {
    const sent = {
      'anthropic-beta': 'interleaved-thinking-2025-05-14',
      'openai-beta': 'x-1',
      cookie: 'session=1',
      'x-forwarded-for': '1.2.3.4',
      'x-own': 'y',
    }
    const wrong = await everywhere(async (surface, provider) => {
      const from = world.replay.requests.length
      const mark = `(fault ${count})`
      assert.equal((await call(surface, provider, false, {}, sent)).status, 200)
      const entry = world.replay.requests.slice(from).find(({ call: { bytes } }) => bytes.includes(mark))
      const got = entry?.call.headers ?? {}
      const same = provider.dialects.includes(surface.dialect)
      assert.equal(got['anthropic-beta'], same && surface.name === 'anthropic' ? sent['anthropic-beta'] : undefined)
      assert.equal(got['anthropic-version'], provider.vendor === 'anthropic' ? '2023-06-01' : undefined)
      if (!same) assert.equal(got['openai-beta'], undefined)
      for (const name of ['cookie', 'x-forwarded-for', 'x-own']) assert.equal(got[name], undefined, name)
      assert.ok(!JSON.stringify(got).includes(world.customer.key), 'the key of the caller stays here')
    })
    assert.deepEqual(wrong, [])
  })

  test('after all of it nothing is held, and the ledger adds up', async () => {
    await assertSettled(world.gateway.api, world.customer.organization)
  })
})

/** Of the gateway itself, of HTTP, and the few of a provider that say nothing of the operator's account. */
const OURS =
  /^(content-type|content-length|transfer-encoding|connection|keep-alive|date|cache-control|x-accel-buffering|x-request-id|request-id|x-should-retry|retry-after|link|faregate-[a-z]+|openai-(version|processing-ms|model)|vary|x-content-type-options)$/

/** The events of the scene, with the last word on usage said once more. */
function usageTwice(provider: Provider, surface: Surface): string[] {
  const [dialect = 'openai-chat'] = provider.dialects.includes(surface.dialect) ? [surface.dialect] : provider.dialects
  const frame = {
    vendor: provider.vendor,
    model: 'm',
    seed: 'twice',
    created: 1,
    includeUsage: true,
    showReasoning: true,
    issue: () => undefined,
  }
  const events = WRITERS[dialect].events(SCENE, frame)
  const last = events.findLastIndex((event) => tellsUsage(event))
  return [...events.slice(0, last + 1), ...events.slice(last)].map((event) => JSON.stringify(event))
}

function tellsUsage(event: JsonObject): boolean {
  return event['usage'] != null || event['usageMetadata'] !== undefined || event['metadata'] !== undefined
}
