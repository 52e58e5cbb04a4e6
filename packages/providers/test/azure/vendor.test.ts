import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { SseSplitter, upstreamDialect, type DialectName } from '@faregate/wire'
import { azureVendor } from '../../src/azure/vendor.ts'
import { call, entry, fakeUpstream, send, type Answer, type FakeUpstream } from '../bedrock/fake-upstream.ts'

let upstream: FakeUpstream
let answer: Answer = {}

before(async () => {
  upstream = await fakeUpstream(() => answer)
})
beforeEach(() => {
  upstream.received.length = 0
  answer = {}
})
after(() => upstream.close())

/** What each form of the base URL means, by dialect. */
const PATHS: [suffix: string, dialect: DialectName, target: string][] = [
  ['', 'openai-chat', '/openai/v1/chat/completions'],
  ['/', 'openai-responses', '/openai/v1/responses'],
  ['', 'openai-embeddings', '/openai/v1/embeddings'],
  ['/openai', 'openai-chat', '/openai/v1/chat/completions'],
  ['/openai/v1', 'openai-chat', '/openai/v1/chat/completions'],
  ['/openai/v1/', 'openai-images', '/openai/v1/images/generations'],
  ['?api-version=preview', 'openai-responses', '/openai/v1/responses?api-version=preview'],
  ['/openai/v1?api-version=preview', 'openai-chat', '/openai/v1/chat/completions?api-version=preview'],
  ['?api-version=2024-10-21', 'openai-chat', '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21'],
  ['/?api-version=2024-10-21', 'openai-embeddings', '/openai/deployments/my%20gpt/embeddings?api-version=2024-10-21'],
  ['/openai?api-version=2024-10-21', 'openai-transcriptions', '/openai/deployments/my%20gpt/audio/transcriptions?api-version=2024-10-21'],
  ['?api-version=2025-03-01-preview', 'openai-responses', '/openai/responses?api-version=2025-03-01-preview'],
  ['/openai/deployments/own?api-version=2024-10-21', 'openai-chat', '/openai/deployments/own/chat/completions?api-version=2024-10-21'],
  ['/api/projects/p/openai/v1', 'openai-responses', '/api/projects/p/openai/v1/responses'],
  ['/models?api-version=2024-05-01-preview', 'openai-chat', '/models/chat/completions?api-version=2024-05-01-preview'],
]

for (const [suffix, dialect, target] of PATHS) {
  test(`${dialect} at https://NAME.openai.azure.com${suffix} goes to ${target}`, async () => {
    const body = Buffer.from('{"model":"my gpt"}')
    await send(azureVendor, entry('azure', `${upstream.origin}${suffix}`), 'k', call({ dialect, model: 'my gpt', body }))
    assert.deepEqual(
      upstream.received.map((received) => [received.target, received.body.toString()]),
      [[target, '{"model":"my gpt"}']],
    )
  })
}

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2NvZ25pdGl2ZXNlcnZpY2VzLmF6dXJlLmNvbSJ9.c2lnbmF0dXJl'

const SECRETS: [secret: string | undefined, apiKey: string | undefined, authorization: string | undefined][] = [
  ['0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef', undefined],
  [' key\n', 'key', undefined],
  [TOKEN, undefined, `Bearer ${TOKEN}`],
  [`Bearer ${TOKEN}`, undefined, `Bearer ${TOKEN}`],
  [undefined, undefined, undefined],
]

test("a resource's key goes into `api-key`, a token of Entra into `authorization`", async () => {
  for (const [secret, apiKey, authorization] of SECRETS) {
    await send(azureVendor, entry('azure', upstream.origin), secret, call({ dialect: 'openai-chat', model: 'm' }))
    const { headers } = upstream.received.at(-1) ?? {}
    assert.deepEqual([headers?.['api-key'], headers?.['authorization']], [apiKey, authorization])
  }
})

const FILTERED = {
  error: {
    message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { violence: { filtered: true, severity: 'high' } } },
  },
}

test('E3: a prompt that the content filter stops is the caller’s to change, and no outage', async () => {
  answer = { status: 400, body: JSON.stringify(FILTERED) }
  const failure = await send(azureVendor, entry('azure', upstream.origin), 'k', call({ dialect: 'openai-chat', model: 'm' }))
  assert.deepEqual(azureVendor.classify(failure), { action: 'surface', code: 'provider_rejected' })
})

test('E4: how long to wait is told in milliseconds, too', async () => {
  answer = {
    status: 429,
    headers: { 'retry-after': '20', 'retry-after-ms': '1250' },
    body: '{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation have exceeded call rate limit."}}',
  }
  const failure = await send(azureVendor, entry('azure', upstream.origin), 'k', call({ dialect: 'openai-chat', model: 'm' }))
  assert.deepEqual(azureVendor.classify(failure), { action: 'rotate', code: 'provider_rate_limited', retryAfterMs: 1250 })
})

const FAILURES: [status: number, error: Record<string, unknown>, expected: string][] = [
  [401, { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' }, 'rotate provider_auth_failed'],
  [
    403,
    { code: 'AuthenticationTypeDisabled', message: 'Key based authentication is disabled for this resource.' },
    'rotate provider_auth_failed',
  ],
  [403, { code: '403', message: 'Out of call volume quota. Quota will be replenished in 2 days.' }, 'rotate provider_rate_limited'],
  [404, { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' }, 'fallback provider_error'],
  [404, { code: '404', message: 'Resource not found' }, 'fallback provider_error'],
  [400, { code: 'BadRequest', message: 'API version not supported' }, 'fallback provider_error'],
  [
    400,
    { code: 'OperationNotSupported', message: 'The chatCompletion operation does not work with the specified model.' },
    'fallback provider_error',
  ],
  [400, { code: 'context_length_exceeded', message: "This model's maximum context length is 8192 tokens." }, 'surface provider_rejected'],
  [400, { code: 'BadRequest', message: "Invalid value: 'Resource not found'" }, 'surface provider_rejected'],
  [408, { code: 'Timeout', message: 'The operation was timeout.' }, 'fallback provider_error'],
  [500, { code: 'InternalServerError', message: 'Backend returned unexpected response.' }, 'fallback provider_error'],
  [429, { code: 'insufficient_quota', message: 'You exceeded your current quota' }, 'rotate provider_account_unpaid'],
]

for (const [status, error, expected] of FAILURES) {
  test(`E3: ${status} ${String(error['code'])}, ${String(error['message'])} ${expected}`, () => {
    const { action, code } = azureVendor.classify({ status, headers: {}, body: JSON.stringify({ error }) })
    assert.equal(`${action} ${code}`, expected)
  })
}

const SAFE = { hate: { filtered: false, severity: 'safe' } }

/** As documented for the asynchronous filter ("Content streaming"): its findings come in chunks of their own. */
const STREAM = [
  {
    id: '',
    object: '',
    created: 0,
    model: '',
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: SAFE }],
    choices: [],
    usage: null,
  },
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt',
    choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null, content_filter_results: {} }],
    usage: null,
  },
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt',
    choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }],
    usage: null,
  },
  {
    id: '',
    object: '',
    created: 0,
    model: '',
    choices: [
      {
        index: 0,
        finish_reason: null,
        content_filter_results: SAFE,
        content_filter_offsets: { check_offset: 44, start_offset: 44, end_offset: 198 },
      },
    ],
    usage: null,
  },
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt',
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    usage: null,
  },
  {
    id: '',
    object: '',
    created: 0,
    model: '',
    choices: [
      {
        index: 0,
        finish_reason: null,
        content_filter_results: SAFE,
        content_filter_offsets: { check_offset: 506, start_offset: 44, end_offset: 571 },
      },
    ],
    usage: null,
  },
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt',
    choices: [],
    usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
  },
]

test("the filter's annotations in a stream upset no reader: text, end and usage are those of the answer", async () => {
  answer = {
    headers: { 'content-type': 'text/event-stream' },
    body: `${STREAM.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`,
  }
  const { body } = await send(azureVendor, entry('azure', upstream.origin), 'k', call({ dialect: 'openai-chat', model: 'm', stream: true }))
  const reader = upstreamDialect('openai-chat').streamReader(1)
  const steps = new SseSplitter().push(Buffer.from(body)).map((event) => reader.read(event))
  assert.equal(steps.map(({ text }) => text).join(''), 'Hi')
  assert.deepEqual(
    steps.map(({ finished }) => finished),
    [false, false, false, false, true, true, true, true],
  )
  assert.deepEqual(
    steps.map(({ usage }) => usage).filter((usage) => usage !== undefined),
    [{ ok: true, buckets: { input: 9, output: 1 } }],
  )
  assert.deepEqual(
    steps.map(({ kind }) => kind).filter((kind) => kind === 'error'),
    [],
  )
  assert.equal(steps.at(-1)?.kind, 'done')
})
