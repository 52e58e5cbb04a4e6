import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProvider } from '@pydantic/genai-prices'
import { environmentProviders, vendors } from '../src/index.ts'

/** What each vendor's documentation says: base URL, variable, name of the output limit, id in the price catalogue. */
const EXPECTED: [kind: string, baseUrl: string | undefined, variable: string | undefined, limit: string, priceKey: string | undefined][] = [
  ['openai', 'https://api.openai.com/v1', 'OPENAI_API_KEY', 'max_completion_tokens', 'openai'],
  ['openai-compatible', undefined, undefined, 'max_tokens', undefined],
  ['anthropic', 'https://api.anthropic.com/v1', 'ANTHROPIC_API_KEY', 'max_tokens', 'anthropic'],
  ['google', 'https://generativelanguage.googleapis.com/v1beta', 'GEMINI_API_KEY', 'max_tokens', 'google'],
  ['cohere', 'https://api.cohere.com', 'COHERE_API_KEY', 'max_tokens', 'cohere'],
  ['deepseek', 'https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY', 'max_tokens', 'deepseek'],
  ['xai', 'https://api.x.ai/v1', 'XAI_API_KEY', 'max_completion_tokens', 'x-ai'],
  ['groq', 'https://api.groq.com/openai/v1', 'GROQ_API_KEY', 'max_completion_tokens', 'groq'],
  ['openrouter', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY', 'max_tokens', 'openrouter'],
  ['mistral', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY', 'max_tokens', 'mistral'],
  ['together', 'https://api.together.xyz/v1', 'TOGETHER_API_KEY', 'max_tokens', 'together'],
  ['fireworks', 'https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY', 'max_tokens', 'fireworks'],
  ['perplexity', 'https://api.perplexity.ai', 'PERPLEXITY_API_KEY', 'max_tokens', 'perplexity'],
  ['moonshot', 'https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY', 'max_tokens', 'moonshotai'],
  ['cerebras', 'https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY', 'max_completion_tokens', 'cerebras'],
  ['nvidia', 'https://integrate.api.nvidia.com/v1', 'NVIDIA_API_KEY', 'max_tokens', undefined],
  ['huggingface', 'https://router.huggingface.co/v1', 'HF_TOKEN', 'max_tokens', undefined],
  ['alibaba', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'DASHSCOPE_API_KEY', 'max_tokens', undefined],
  ['zai', 'https://api.z.ai/api/paas/v4', 'ZAI_API_KEY', 'max_tokens', 'zai'],
  ['deepinfra', 'https://api.deepinfra.com/v1/openai', 'DEEPINFRA_API_KEY', 'max_tokens', undefined],
  ['novita', 'https://api.novita.ai/openai/v1', 'NOVITA_API_KEY', 'max_tokens', 'novita'],
  ['sambanova', 'https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY', 'max_tokens', undefined],
  ['zhipu', 'https://open.bigmodel.cn/api/paas/v4', 'ZHIPU_API_KEY', 'max_tokens', undefined],
  ['baichuan', 'https://api.baichuan-ai.com/v1', 'BAICHUAN_API_KEY', 'max_tokens', undefined],
  ['hunyuan', 'https://api.hunyuan.cloud.tencent.com/v1', 'HUNYUAN_API_KEY', 'max_tokens', undefined],
  ['minimax', 'https://api.minimax.io/v1', 'MINIMAX_API_KEY', 'max_tokens', undefined],
  ['siliconflow', 'https://api.siliconflow.cn/v1', 'SILICONFLOW_API_KEY', 'max_tokens', undefined],
  ['stepfun', 'https://api.stepfun.com/v1', 'STEPFUN_API_KEY', 'max_tokens', undefined],
  ['upstage', 'https://api.upstage.ai/v1', 'UPSTAGE_API_KEY', 'max_tokens', undefined],
  ['volcengine', 'https://ark.cn-beijing.volces.com/api/v3', 'ARK_API_KEY', 'max_tokens', undefined],
  ['lingyi', 'https://api.lingyiwanwu.com/v1', 'LINGYI_API_KEY', 'max_tokens', undefined],
  ['xinference', 'http://127.0.0.1:9997/v1', undefined, 'max_tokens', undefined],
  ['ollama', 'http://127.0.0.1:11434', undefined, 'max_tokens', undefined],
  ['lmstudio', 'http://127.0.0.1:1234/v1', undefined, 'max_tokens', undefined],
  ['vllm', 'http://127.0.0.1:8000/v1', undefined, 'max_tokens', undefined],
  ['llamacpp', 'http://127.0.0.1:8080/v1', undefined, 'max_tokens', undefined],
  ['bedrock', undefined, undefined, 'max_tokens', 'aws'],
  ['azure', undefined, undefined, 'max_completion_tokens', 'azure'],
  ['vertex', 'https://aiplatform.googleapis.com', undefined, 'max_tokens', 'google'],
  ['demo', 'demo:', undefined, 'max_tokens', undefined],
]

test('every vendor has a row here, and every row a vendor', () => {
  assert.deepEqual([...vendors.keys()].toSorted(), EXPECTED.map(([kind]) => kind).toSorted())
})

for (const [kind, baseUrl, variable, limit, priceKey] of EXPECTED) {
  test(`${kind} is reached where its documentation says`, () => {
    const vendor = vendors.get(kind)
    assert.ok(vendor)
    assert.deepEqual(
      [vendor.kind, vendor.defaultBaseUrl, vendor.environmentVariable, vendor.outputLimitMember, vendor.priceKey],
      [kind, baseUrl, variable, limit, priceKey],
    )
    assert.equal(new Set(vendor.dialects).size, vendor.dialects.length)
    assert.doesNotMatch(baseUrl ?? '', /\/$/)
    assert.equal(vendor.keyless === true, ['ollama', 'lmstudio', 'vllm', 'llamacpp', 'xinference', 'demo'].includes(kind))
    assert.equal(vendor.classify({ status: 500, headers: {}, body: '' }).code, 'provider_error')
    assert.equal(vendor.answer !== undefined, kind === 'demo')
    assert.match(vendor.authentication, /^(as|nowhere)\b.*[^.]$/)
    assert.match(vendor.documentation ?? '', kind === 'demo' ? /^$/ : /^https:\/\/[^ ]+$/)
    for (const note of vendor.notes ?? []) assert.match(note, /^[A-Z].*[.]$/)
  })
}

test('models that OpenAI serves by Responses alone are called so, whatever the caller speaks; all others by chat completions', () => {
  const rows: [model: string, first: string][] = [
    ...['gpt-5', 'gpt-5.1', 'gpt-5-mini', 'gpt-4.1', 'o3', 'o4-mini', 'gpt-5-chat-latest'].map((model): [string, string] => [
      model,
      'openai-chat',
    ]),
    ...['o1-pro', 'o3-pro-2025-06-10', 'gpt-5-pro', 'gpt-5.2-pro', 'gpt-5-codex', 'gpt-5.1-codex-max', 'codex-mini-latest'].map(
      (model): [string, string] => [model, 'openai-responses'],
    ),
    ...['o3-deep-research', 'o4-mini-deep-research', 'computer-use-preview'].map((model): [string, string] => [model, 'openai-responses']),
  ]
  for (const kind of ['openai', 'azure']) {
    for (const [model, first] of rows) {
      const dialects = vendors.get(kind)?.dialectsOf?.(model) ?? []
      assert.equal(dialects[0], first, `${kind}: ${model}`)
      assert.ok(dialects.includes('openai-responses'))
    }
  }
})

test('the price catalogue knows every vendor that claims a place in it, by that very id', () => {
  for (const { priceKey, kind } of vendors.values()) {
    if (priceKey !== undefined) assert.equal(findProvider({ providerId: priceKey })?.id, priceKey, kind)
  }
})

test('the key goes into the authorization header, and none where there is none', () => {
  const vendor = vendors.get('openai-compatible')
  const entry = {
    name: 'x',
    kind: 'openai-compatible',
    baseUrl: 'https://x',
    keys: [],
    keyless: false,
    managedBy: { source: 'database' as const },
  }
  const call = { dialect: 'openai-chat' as const, model: 'm', stream: false, body: Buffer.from('{}'), headers: {}, query: '' }
  assert.deepEqual(vendor?.request(entry, 'k', call), { path: '/chat/completions', headers: { authorization: 'Bearer k' } })
  assert.deepEqual(vendor?.request(entry, undefined, call), { path: '/chat/completions', headers: {} })
})

test("each vendor's usual environment variable connects it", () => {
  const env = Object.fromEntries(
    EXPECTED.flatMap(([kind, , variable]) => (variable === undefined ? [] : [[variable, ` key-of-${kind}\n`]])),
  )
  const entries = environmentProviders(env)
  assert.deepEqual(
    entries.map(({ kind }) => kind).toSorted(),
    EXPECTED.filter(([, , variable]) => variable !== undefined)
      .map(([kind]) => kind)
      .toSorted(),
  )
  assert.deepEqual(entries[0], {
    name: 'openai',
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    keys: [{ id: 'openai-environment', secret: 'key-of-openai', weight: 1, priority: 0 }],
    keyless: false,
    managedBy: { source: 'environment', variable: 'OPENAI_API_KEY' },
  })
  assert.deepEqual(environmentProviders({ OPENAI_API_KEY: '', GROQ_API_KEY: '  ', OTHER: 'x' }), [])
})

test('a key is tried by a GET that costs nothing, where there is one: mostly by listing models', () => {
  const checks = Object.fromEntries([...vendors.values()].map(({ kind, keyCheck }) => [kind, keyCheck]))
  const { openrouter, anthropic, google, cohere, ollama, bedrock, azure, vertex, demo, ...compatible } = checks
  assert.deepEqual(
    { openrouter, anthropic, google, cohere, ollama },
    {
      openrouter: '/key',
      anthropic: '/models?limit=1',
      google: '/models?pageSize=1',
      cohere: '/v1/models?page_size=1',
      ollama: '/api/tags',
    },
  )
  assert.deepEqual([bedrock, azure, vertex, demo], [undefined, undefined, undefined, undefined], 'only a call tells')
  assert.deepEqual([...new Set(Object.values(compatible))], ['/models'])
})
