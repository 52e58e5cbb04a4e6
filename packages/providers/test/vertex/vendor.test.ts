import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { importSPKI, jwtVerify } from 'jose'
import type { VendorCall } from '@faregate/wire'
import { createVertex } from '../../src/vertex/vendor.ts'
import { call, entry, fakeUpstream, send, type Answer, type FakeUpstream, type Received } from '../bedrock/fake-upstream.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const EMAIL = 'gateway@my-project.iam.gserviceaccount.com'
const START = Date.UTC(2026, 10, 22, 12, 0, 0)

let google: FakeUpstream
let answer: (received: Received) => Answer = () => ({})
let now = START
let vendor = createVertex({ fetch, now: () => now })

before(async () => {
  google = await fakeUpstream((received) => answer(received))
})
beforeEach(() => {
  google.received.length = 0
  now = START
  let count = 0
  answer = ({ target }) =>
    target === '/token' ? { body: JSON.stringify({ access_token: `ya29.token-${++count}`, expires_in: 3599, token_type: 'Bearer' }) } : {}
  vendor = createVertex({ fetch, now: () => now })
})
after(() => google.close())

function account(given: Record<string, unknown> = {}): string {
  return JSON.stringify({
    type: 'service_account',
    project_id: 'my-project',
    private_key_id: 'key-1',
    private_key: privateKey,
    client_email: EMAIL,
    token_uri: `${google.origin}/token`,
    ...given,
  })
}

function gemini(given: Partial<VendorCall> = {}): VendorCall {
  return call({ dialect: 'gemini', model: 'gemini-2.5-pro', ...given })
}

function targets(): string[] {
  return google.received.map(({ target }) => target)
}

test('a service account proves itself with a signed assertion, and calls with the token that it gets for it', async () => {
  await send(vendor, entry('vertex', google.origin), account(), gemini())
  const [exchange, generate] = google.received
  const form = new URLSearchParams(exchange?.body.toString())
  assert.equal(exchange?.headers['content-type'], 'application/x-www-form-urlencoded')
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer')
  const { payload, protectedHeader } = await jwtVerify(form.get('assertion') ?? '', await importSPKI(publicKey, 'RS256'), {
    currentDate: new Date(START),
  })
  assert.deepEqual(protectedHeader, { alg: 'RS256', typ: 'JWT', kid: 'key-1' })
  assert.deepEqual(payload, {
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    iss: EMAIL,
    aud: `${google.origin}/token`,
    iat: START / 1000,
    exp: START / 1000 + 3600,
  })
  assert.equal(generate?.headers['authorization'], 'Bearer ya29.token-1')
})

test('a token is fetched once however many calls need it, kept until shortly before its end, and then fetched anew', async () => {
  const provider = entry('vertex', google.origin)
  const bearer = async (): Promise<string | undefined> => (await vendor.request(provider, account(), gemini())).headers['authorization']
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, bearer))), new Set(['Bearer ya29.token-1']))
  now = START + 54 * 60_000
  assert.equal(await bearer(), 'Bearer ya29.token-1')
  now = START + 56 * 60_000
  assert.deepEqual(await Promise.all([bearer(), bearer()]), ['Bearer ya29.token-2', 'Bearer ya29.token-2'])
  assert.equal(google.received.length, 2)
})

test('tokens of two accounts are kept apart', async () => {
  const bearer = async (secret: string): Promise<string | undefined> =>
    (await vendor.request(entry('vertex', google.origin), secret, gemini())).headers['authorization']
  const other = account({ client_email: 'other@my-project.iam.gserviceaccount.com' })
  assert.deepEqual(
    [await bearer(account()), await bearer(other), await bearer(account())],
    ['Bearer ya29.token-1', 'Bearer ya29.token-2', 'Bearer ya29.token-1'],
  )
})

test('a refused assertion is told to the operator, without the key, and tried again with the next call', async () => {
  const provider = entry('vertex', google.origin)
  const usual = answer
  answer = () => ({ status: 400, body: '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}' })
  await assert.rejects(Promise.resolve(vendor.request(provider, account(), gemini())), (error: Error) => {
    assert.equal(
      error.message,
      `127.0.0.1:${new URL(google.origin).port} gives no access token to ${EMAIL} (HTTP 400, invalid_grant: Invalid JWT Signature.)`,
    )
    return true
  })
  answer = usual
  assert.equal((await vendor.request(provider, account(), gemini())).headers['authorization'], 'Bearer ya29.token-1')
})

test('an answer of the token endpoint that is none is no token', async () => {
  for (const body of ['<html>', '{}', '[]', '{"access_token":""}', '{"access_token":7}']) {
    answer = () => ({ body })
    await assert.rejects(
      Promise.resolve(vendor.request(entry('vertex', google.origin), account(), gemini())),
      /gives no access token/,
      body,
    )
  }
})

test('an access token goes along as it is; the project stands in the base URL then', async () => {
  await send(vendor, entry('vertex', `${google.origin}?project=p-1`), ' ya29.mine\n', gemini())
  const [received] = google.received
  assert.equal(received?.headers['authorization'], 'Bearer ya29.mine')
  assert.deepEqual(targets(), ['/v1/projects/p-1/locations/global/publishers/google/models/gemini-2.5-pro:generateContent'])
})

const BAD_KEYS: [secret: string | undefined, message: RegExp][] = [
  [undefined, /needs the key file/],
  ['  ', /needs the key file/],
  ['{"client_email":', /begins like a JSON file/],
  ['{"client_email":"x"}', /`client_email` and `private_key`/],
  ['{"client_email":"x","private_key":"y","token_uri":"http://example.com/token"}', /not an https address/],
  ['{"client_email":"x","private_key":"secret-bytes","project_id":"p"}', /not a PKCS #8 key/],
  ['ya29.token', /project is not known/],
]

test('a key that cannot be used is refused with a word for the operator, which repeats nothing of it', async () => {
  for (const [secret, message] of BAD_KEYS) {
    await assert.rejects(
      Promise.resolve(vendor.request(entry('vertex', 'https://aiplatform.googleapis.com'), secret, gemini())),
      (error: Error) => {
        assert.match(error.message, message)
        return !error.message.includes('secret-bytes') && !error.message.includes('ya29')
      },
    )
  }
})

const PLACES: [baseUrl: string, path: string][] = [
  ['https://aiplatform.googleapis.com', '/v1/projects/my-project/locations/global'],
  ['https://europe-west4-aiplatform.googleapis.com', '/v1/projects/my-project/locations/europe-west4'],
  ['https://europe-west4-aiplatform.googleapis.com/v1beta1', '/projects/my-project/locations/europe-west4'],
  ['https://aiplatform.eu.rep.googleapis.com/', '/v1/projects/my-project/locations/eu'],
  ['https://us-central1-aiplatform.googleapis.com/v1/projects/p-2/locations/us-central1', ''],
  ['https://vertex.internal.example?project=p-3&location=us-east5', '/v1/projects/p-3/locations/us-east5'],
]

for (const [baseUrl, prefix] of PLACES) {
  test(`project and location of ${baseUrl}`, async () => {
    const { path } = await vendor.request(entry('vertex', baseUrl), account(), gemini())
    assert.equal(path, `${prefix}/publishers/google/models/gemini-2.5-pro:generateContent`)
  })
}

const PREFIX = '/v1/projects/my-project/locations/global'
const PATHS: [asked: Partial<VendorCall>, path: string][] = [
  [{ stream: true }, '/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse'],
  [{ stream: true, arrayStream: true }, '/publishers/google/models/gemini-2.5-pro:streamGenerateContent'],
  [{ dialect: 'gemini-count-tokens' }, '/publishers/google/models/gemini-2.5-pro:countTokens'],
  [{ model: 'publishers/google/models/gemma-3' }, '/publishers/google/models/gemma-3:generateContent'],
  [{ model: 'endpoints/1234567890' }, '/endpoints/1234567890:generateContent'],
  [{ dialect: 'anthropic', model: 'claude-sonnet-4-5@20250929' }, '/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict'],
  [{ dialect: 'anthropic', model: 'claude-opus-5', stream: true }, '/publishers/anthropic/models/claude-opus-5:streamRawPredict'],
  [{ dialect: 'anthropic-count-tokens', model: 'claude-opus-5' }, '/publishers/anthropic/models/count-tokens:rawPredict'],
  [{ dialect: 'openai-chat', model: 'meta/llama-4-scout-17b-16e-instruct-maas', stream: true }, '/endpoints/openapi/chat/completions'],
  [{ model: '../../secrets?x=' }, '/publishers/google/models/..%2F..%2Fsecrets%3Fx%3D:generateContent'],
]

for (const [asked, path] of PATHS) {
  test(`${JSON.stringify(asked)} goes to ${path}`, async () => {
    await send(vendor, entry('vertex', google.origin), account(), gemini(asked))
    assert.deepEqual(targets(), ['/token', `${PREFIX}${path}`])
  })
}

test('each model has the dialects of who made it', () => {
  const models: [model: string, first: string][] = [
    ['gemini-2.5-pro', 'gemini'],
    ['publishers/google/models/gemini-2.5-pro', 'gemini'],
    ['endpoints/123', 'gemini'],
    ['claude-sonnet-4-5@20250929', 'anthropic'],
    ['publishers/anthropic/models/claude-opus-5', 'anthropic'],
    ['meta/llama-4-scout-17b-16e-instruct-maas', 'openai-chat'],
  ]
  for (const [model, first] of models) {
    assert.equal(vendor.dialectsOf?.(model)[0], first, model)
    assert.ok(vendor.dialectsOf?.(model).every((dialect) => vendor.dialects.includes(dialect)))
  }
})

const BODIES: [sent: string, received: string][] = [
  ['{"model":"claude","max_tokens":5, "messages" : [ ]}', '{"max_tokens":5, "messages" : [ ],"anthropic_version":"vertex-2023-10-16"}'],
  ['{ "max_tokens":5,\n "model":"claude" ,"stream":true}', '{ "max_tokens":5,\n "stream":true,"anthropic_version":"vertex-2023-10-16"}'],
  ['{"max_tokens":5,"model":"claude" }', '{"max_tokens":5,"anthropic_version":"vertex-2023-10-16" }'],
  ['{"model":"claude"}', '{"anthropic_version":"vertex-2023-10-16"}'],
  ['{"anthropic_version":"x","a":{"model":"kept"}}', '{"anthropic_version":"vertex-2023-10-16","a":{"model":"kept"}}'],
]

test("T9: Claude's body says the version and not the model; every other byte stays", async () => {
  for (const [body, expected] of BODIES) {
    google.received.length = 0
    await send(
      vendor,
      entry('vertex', google.origin),
      account(),
      call({ dialect: 'anthropic', model: 'claude-opus-5', body: Buffer.from(body) }),
    )
    assert.equal(google.received.at(-1)?.body.toString(), expected)
  }
})

test('where tokens of Claude are counted, the body names the model', async () => {
  const body = Buffer.from('{"model":"claude-opus-5","messages":[]}')
  await send(vendor, entry('vertex', google.origin), account(), call({ dialect: 'anthropic-count-tokens', model: 'claude-opus-5', body }))
  assert.equal(google.received.at(-1)?.body.toString(), '{"model":"claude-opus-5","messages":[],"anthropic_version":"vertex-2023-10-16"}')
})

test("M7: beta features of Claude's go on, its version does not; Gemini gets neither", async () => {
  const headers = { 'anthropic-beta': 'context-1m-2025-08-07', 'anthropic-version': '2023-06-01' }
  await send(vendor, entry('vertex', google.origin), account(), call({ dialect: 'anthropic', model: 'claude-opus-5', headers }))
  const claude = google.received.at(-1)?.headers
  assert.deepEqual([claude?.['anthropic-beta'], claude?.['anthropic-version']], ['context-1m-2025-08-07', undefined])
  await send(vendor, entry('vertex', google.origin), account(), gemini({ headers }))
  assert.equal(google.received.at(-1)?.headers['anthropic-beta'], undefined)
})
