import assert from 'node:assert/strict'
import { answer, usage } from '../support/behaviours.ts'
import { say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { openaiError, status } from '../support/faults.ts'
import { header, send } from '../support/http.ts'
import { call } from './tuned.ts'
import type { Knob, Knobs, Worlds } from './tuned.ts'
import { UNIT_KNOBS } from './units.ts'

const TOKEN = 1_000_000n

/** The charge for one reported usage, in units of 1e-9. */
function priced(reported: Record<string, unknown>, due: bigint, model = 'buckets'): Knob {
  return async (worlds) => {
    worlds.upstream.on('buckets', answer(reported))
    const result = await call(worlds, model, { messages: say('x'.repeat(500)), max_tokens: 100 })
    assert.equal(result.status, 200, result.text)
    assert.equal(nano(header(result, 'faregate-cost') ?? ''), due)
  }
}

const BASE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }

/** What the hold of a body is, in units of 1e-9. */
async function hold({ tuned, rich }: Worlds, model: string, more: Record<string, unknown> = {}): Promise<bigint> {
  return nano((await tuned.explain(rich.key, { model, messages: say(), ...more })).hold)
}

async function limitSent(worlds: Worlds, model: string): Promise<Record<string, unknown>> {
  const result = await worlds.tuned.chat(worlds.rich.key, { model, messages: say() })
  assert.equal(result.status, 200, result.text)
  return worlds.upstream.calls.at(-1)?.body ?? {}
}

/** Settings of providers and models. */
export const MODEL_KNOBS: Knobs = {
  'providers[].name': async (worlds) => assert.equal(header(await call(worlds, 'plain'), 'faregate-provider'), 'one'),

  'providers[].kind': async (worlds) => {
    const calls = worlds.upstream.calls.length + worlds.second.calls.length
    const result = await call(worlds, 'demo')
    assert.equal(result.status, 200, result.text)
    assert.equal(worlds.upstream.calls.length + worlds.second.calls.length, calls, 'the demo answers by itself')
  },

  'providers[].baseUrl': async (worlds) => {
    await call(worlds, 'plain')
    assert.equal(worlds.upstream.calls.at(-1)?.url, '/v1/custom/v9/chat/completions')
  },

  'providers[].apiKey': async (worlds) => {
    await call(worlds, 'plain')
    assert.equal(worlds.upstream.calls.at(-1)?.headers.authorization, 'Bearer sk-one')
    await call(worlds, 'second')
    assert.equal(worlds.second.calls.at(-1)?.headers.authorization, 'Bearer sk-two')
  },

  'providers[].keys[].key': async (worlds) => {
    await call(worlds, 'heavy')
    assert.match(worlds.upstream.calls.at(-1)?.headers.authorization ?? '', /^Bearer sk-(heavy|light)$/)
  },

  'providers[].keys[].weight': async (worlds) => {
    const from = worlds.upstream.calls.length
    for (let i = 0; i < 20; i++) await call(worlds, 'heavy')
    const heavy = worlds.upstream.calls.slice(from).filter(({ headers }) => headers.authorization === 'Bearer sk-heavy')
    assert.ok(heavy.length >= 19, `${heavy.length} of 20 with the heavy key`)
  },

  'providers[].keys[].priority': async (worlds) => {
    worlds.upstream.on(
      'ranked',
      answer(usage(0, 1)),
      status(401, openaiError('no', 'invalid_request_error', 'invalid_api_key')),
      answer(usage(0, 1)),
    )
    const from = worlds.upstream.calls.length
    assert.equal((await call(worlds, 'ranked')).status, 200)
    assert.equal((await call(worlds, 'ranked')).status, 200)
    const used = worlds.upstream.calls.slice(from).map(({ headers }) => headers.authorization)
    assert.deepEqual(used, ['Bearer sk-first', 'Bearer sk-first', 'Bearer sk-later'])
  },

  'models.*.deployments[].provider': async (worlds) => assert.equal(header(await call(worlds, 'second'), 'faregate-provider'), 'two'),

  'models.*.deployments[].model': async (worlds) => {
    const result = await call(worlds, 'second')
    assert.equal(worlds.second.calls.at(-1)?.body['model'], 'other-name')
    assert.equal(header(result, 'faregate-model'), 'second')
  },

  'models.*.deployments[].weight': async (worlds) => {
    for (let i = 0; i < 20; i++) await call(worlds, 'balanced')
    assert.ok(worlds.second.callsOf('usual').length >= 19)
    assert.ok(worlds.upstream.callsOf('rare').length <= 1)
  },

  'models.*.deployments[].priority': async (worlds) => {
    for (let i = 0; i < 5; i++) await call(worlds, 'tiers')
    assert.equal(worlds.upstream.callsOf('usual').length, 5)
    assert.equal(worlds.second.callsOf('spare').length, 0)
  },

  'models.*.deployments[].parameters.*': async (worlds) => {
    await call(worlds, 'cool')
    assert.equal(worlds.upstream.callsOf('cool').at(-1)?.body['temperature'], 0.25)
    await worlds.tuned.chat(worlds.rich.key, { model: 'cool', messages: say(), temperature: 1 })
    assert.equal(worlds.upstream.callsOf('cool').at(-1)?.body['temperature'], 1)
  },

  'models.*.price.input': priced({ ...BASE }, 100n * TOKEN + 50n * 7n * TOKEN),
  'models.*.price.output': priced({ ...BASE, completion_tokens: 10, total_tokens: 110 }, 100n * TOKEN + 10n * 7n * TOKEN),
  'models.*.price.cacheRead': priced({ ...BASE, prompt_tokens_details: { cached_tokens: 40 } }, (60n + 40n * 2n + 50n * 7n) * TOKEN),
  'models.*.price.cacheWrite': priced({ ...BASE, prompt_tokens_details: { cache_write_tokens: 40 } }, (60n + 40n * 3n + 50n * 7n) * TOKEN),
  'models.*.price.reasoning': priced(
    { ...BASE, completion_tokens_details: { reasoning_tokens: 20 } },
    (100n + 30n * 7n + 20n * 11n) * TOKEN,
  ),
  'models.*.price.audioIn': priced({ ...BASE, prompt_tokens_details: { audio_tokens: 10 } }, (90n + 10n * 13n + 50n * 7n) * TOKEN),
  'models.*.price.audioOut': priced({ ...BASE, completion_tokens_details: { audio_tokens: 10 } }, (100n + 40n * 7n + 10n * 17n) * TOKEN),
  'models.*.price.imageIn': priced({ ...BASE, prompt_tokens_details: { image_tokens: 10 } }, (90n + 10n * 19n + 50n * 7n) * TOKEN),
  'models.*.price.imageOut': priced({ ...BASE, completion_tokens_details: { image_tokens: 10 } }, (100n + 40n * 7n + 10n * 29n) * TOKEN),
  'models.*.price.request': priced({ ...BASE }, 23n * TOKEN, 'fee'),

  ...UNIT_KNOBS,

  // OpenAI's dialect does not report writes for an hour; a body that can cause them is held at their price.
  'models.*.price.cacheWrite1h': async (worlds) => {
    const marked = [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(1_000), cache_control: { type: 'ephemeral' } }] }]
    const unmarked = [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(1_000) }] }]
    const [dear, cheap] = [await hold(worlds, 'buckets', { messages: marked }), await hold(worlds, 'buckets', { messages: unmarked })]
    assert.ok(dear - cheap >= 1_000n * 3n * TOKEN, `${dear} against ${cheap}`)
  },

  'models.*.maxOutput': async (worlds) => {
    assert.equal(await hold(worlds, 'small'), 200n * TOKEN)
    const unlimited = await worlds.tuned.chat(worlds.rich.key, { model: 'unlimited', messages: say() })
    const small = await worlds.tuned.chat(worlds.rich.key, { model: 'small', messages: say() })
    assert.match(header(unlimited, 'faregate-clamped') ?? '', /\b500\b/)
    assert.equal(header(small, 'faregate-clamped'), undefined, 'the model cannot make more anyway')
  },

  'models.*.maxOutputWhenAbsent': async (worlds) => assert.equal(await hold(worlds, 'modest'), 300n * TOKEN),
  maxOutputWhenAbsent: async (worlds) => {
    assert.equal(await hold(worlds, 'unlimited'), 500n * TOKEN)
    const customer = await worlds.plain.customer('1000.00')
    assert.equal(nano((await worlds.plain.explain(customer.key, { model: 'unlimited', messages: say() })).hold), 16_384n * TOKEN)
  },

  'models.*.sliceTokens': async (worlds) => assert.equal(await hold(worlds, 'sliced', { stream: true, max_tokens: 5_000 }), 16n * TOKEN),
  sliceTokens: async (worlds) => {
    assert.equal(await hold(worlds, 'plain', { stream: true, max_tokens: 5_000 }), 32n * TOKEN)
    const customer = await worlds.plain.customer('1000.00')
    assert.equal(
      nano((await worlds.plain.explain(customer.key, { model: 'plain', stream: true, max_tokens: 5_000, messages: say() })).hold),
      1_024n * TOKEN,
    )
  },

  'models.*.hiddenOutput': async (worlds) =>
    assert.equal(await hold(worlds, 'hidden', { stream: true, max_tokens: 5_000 }), 5_000n * TOKEN),

  'models.*.outputLimitMember': async (worlds) => {
    assert.equal((await limitSent(worlds, 'newer'))['max_completion_tokens'], 500)
    assert.equal((await limitSent(worlds, 'older'))['max_tokens'], 500)
  },

  'models.*.unsupported': async (worlds) => {
    const foreign = (model: string): ReturnType<typeof send> =>
      send(`${worlds.tuned.url}/v1/messages`, {
        headers: { 'x-api-key': worlds.rich.key, 'anthropic-version': '2023-06-01' },
        body: { model, max_tokens: 10, messages: say(), tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      })
    assert.equal((await foreign('plain')).status, 400)
    const dropped = await foreign('yielding')
    assert.equal(dropped.status, 200, dropped.text)
    assert.equal(header(dropped, 'faregate-dropped'), '/tools/0')
  },

  allModels: async (worlds) => {
    const result = await call(worlds, 'vendor/gpt-4o-mini')
    assert.equal(result.status, 200, result.text)
    assert.equal(worlds.upstream.calls.at(-1)?.body['model'], 'gpt-4o-mini')
    const customer = await worlds.plain.customer('1.00')
    assert.equal((await worlds.plain.chat(customer.key, { model: 'one/plain', messages: say() })).status, 404)
  },
}
