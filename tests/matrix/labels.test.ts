import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '../replay/types.ts'
import { header, send, type Answer } from '../support/http.ts'
import type { SurfaceName } from './conversation.ts'
import { PROVIDERS, type Provider } from './providers.ts'
import { SURFACES } from './surfaces/all.ts'
import type { Surface } from './surfaces/surface.ts'
import { startWorld, stopWorld, type World } from './world.ts'

type Said = 'user' | 'metadata' | 'promptCacheKey'

/** A member that changes nothing in an answer. */
interface Label {
  member: JsonObject
  /** What it says that another API may have a place for, and by what it is known there. */
  says?: [Said, string]
}

const USER: [Said, string] = ['user', 'user-7f3a']
const LABEL: [Said, string] = ['metadata', 'team-7f3a']
const KEY: [Said, string] = ['promptCacheKey', 'cache-7f3a']

const OPENAI: Label[] = [
  { member: { user: USER[1] }, says: USER },
  { member: { safety_identifier: USER[1] }, says: USER },
  { member: { metadata: { team: LABEL[1] } }, says: LABEL },
  { member: { prompt_cache_key: KEY[1] }, says: KEY },
  { member: { prompt_cache_retention: '24h' } },
  { member: { prompt_cache_options: { mode: 'implicit' } } },
  { member: { store: false } },
  { member: { service_tier: 'auto' } },
  { member: { service_tier: 'default' } },
  { member: { client_metadata: { session_id: 's' } } },
]

/** What the callers' documentation has of such members. */
const LABELS: Record<SurfaceName, Label[]> = {
  'openai-chat': [...OPENAI, { member: { session_id: 's' } }, { member: { trace: { trace_id: 't' } } }, { member: { safe_prompt: false } }],
  'openai-responses': OPENAI,
  anthropic: [
    { member: { metadata: { user_id: USER[1] } }, says: USER },
    { member: { metadata: { user_id: JSON.stringify({ device_id: '0'.repeat(64), session_id: '1'.repeat(36) }) } } },
    { member: { service_tier: 'auto' } },
    { member: { service_tier: 'standard_only' } },
    { member: { speed: 'standard' } },
    { member: { diagnostics: { previous_message_id: null } } },
  ],
  gemini: [{ member: { labels: { team: LABEL[1] } }, says: LABEL }, { member: { serviceTier: 'standard' } }, { member: { store: false } }],
  cohere: [{ member: { priority: 0 } }, { member: { safety_mode: 'CONTEXTUAL' } }],
  ollama: [{ member: { keep_alive: '5m' } }, { member: { options: { num_predict: 50, num_ctx: 32_768, num_gpu: 1, use_mmap: true } } }],
}

/** Which providers have a member for it, by their documentation. */
const CARRIES: Record<string, Said[]> = {
  openai: ['user', 'promptCacheKey'],
  codex: ['user', 'metadata', 'promptCacheKey'],
  anthropic: ['user'],
  gemini: ['metadata'],
  mistral: ['metadata', 'promptCacheKey'],
  cohere: [],
  ollama: [],
  bedrock: ['user', 'metadata'],
  deepseek: ['user', 'metadata', 'promptCacheKey'],
}

describe('M9: members that only name or label the caller are carried, or left out without a word', () => {
  let world: World

  before(async () => {
    world = await startWorld()
  })
  after(() => stopWorld(world))

  for (const surface of SURFACES)
    for (const provider of PROVIDERS) {
      if (provider.dialects.includes(surface.dialect)) continue
      test(`${surface.title} → ${provider.title}: each by itself, none is refused or listed`, async () => {
        for (const label of LABELS[surface.name]) await carried(surface, provider, label)
      })
    }

  test('OpenAI Chat → Mistral passes on, without what Mistral refuses and what changes nothing', async () => {
    const surface = SURFACES.find(({ name }) => name === 'openai-chat') ?? assert.fail()
    const provider = PROVIDERS.find(({ name }) => name === 'mistral') ?? assert.fail()
    for (const name of ['user', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options']) {
      const label = OPENAI.find(({ member }) => name in member) ?? assert.fail(name)
      await ask(surface, provider, label)
    }
  })

  test('a tier that is another service, and what is to be kept, are refused by name as ever', async () => {
    const surface = SURFACES.find(({ name }) => name === 'openai-chat') ?? assert.fail()
    for (const member of [{ service_tier: 'flex' }, { store: true }]) {
      const answer = await post(surface, 'cohere-plain', member)
      assert.equal(answer.status, 400, JSON.stringify(member))
      assert.ok(answer.text.includes(`(/${Object.keys(member)[0]})`), answer.text)
    }
  })

  async function carried(surface: Surface, provider: Provider, label: Label): Promise<void> {
    const sent = await ask(surface, provider, label)
    if (label.says === undefined) return
    const [said, mark] = label.says
    const expected = CARRIES[provider.name]?.includes(said) ?? assert.fail(provider.name)
    assert.equal(sent.includes(mark), expected, `${said} ${expected ? 'did not arrive' : 'arrived'}: ${sent}`)
  }

  /** What the provider was sent. */
  async function ask(surface: Surface, provider: Provider, { member }: Label): Promise<string> {
    const answer = await post(surface, `${provider.name}-plain`, member)
    const call = world.replay.requests.at(-1)
    const broke = call?.broke === undefined ? '' : call.broke.rule
    assert.equal(answer.status, 200, `${JSON.stringify(member)}: ${broke} ${answer.text}`)
    assert.equal(header(answer, 'faregate-dropped'), undefined, JSON.stringify(member))
    return call?.call.bytes.toString('utf8') ?? ''
  }

  function post(surface: Surface, model: string, member: JsonObject): Promise<Answer> {
    const body = { ...surface.body(surface.ask('Hello', 50), model, false), ...member }
    return send(world.gateway.url + surface.path(model, false), { body, headers: surface.headers(world.customer.key) })
  }
})
