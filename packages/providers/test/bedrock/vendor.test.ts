import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { createBedrock } from '../../src/bedrock/vendor.ts'
import { call, entry, fakeUpstream, send, type Answer, type FakeUpstream, type Received } from './fake-upstream.ts'

const ACCESS_KEY = 'AKIAIOSFODNN7EXAMPLE'
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const NOW = Date.UTC(2026, 10, 22, 12, 0, 0)
const MODEL = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
const BODY = Buffer.from('{"messages":[{"role":"user","content":[{"text":"Grüße"}]}]}')

let upstream: FakeUpstream
let answer: Answer = {}
const vendor = createBedrock(() => NOW)

before(async () => {
  upstream = await fakeUpstream(() => answer)
})
beforeEach(() => {
  upstream.received.length = 0
  answer = {}
})
after(() => upstream.close())

function hash(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** The signature of what arrived, by the steps of "Create a signed AWS API request"; nothing of ours goes into it. */
function expectedAuthorization({ target, headers, body }: Received, region: string): string {
  const names = ['host', 'x-amz-date', ...(headers['x-amz-security-token'] === undefined ? [] : ['x-amz-security-token'])]
  const canonicalPath = target.split('/').map(encodeURIComponent).join('/')
  const canonicalHeaders = names.map((name) => `${name}:${String(headers[name])}\n`).join('')
  const canonical = ['POST', canonicalPath, '', canonicalHeaders, names.join(';'), hash(body)].join('\n')
  const date = String(headers['x-amz-date'])
  const scope = `${date.slice(0, 8)}/${region}/bedrock/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n')
  const key = ['bedrock', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${SECRET_KEY}`, date.slice(0, 8)), region))
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  return `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
}

function only(): Received {
  const [received, ...more] = upstream.received
  assert.ok(received)
  assert.deepEqual(more, [])
  return received
}

test('a call is signed over the very body, path and host that the server gets', async () => {
  await send(
    vendor,
    entry('bedrock', `${upstream.origin}?region=eu-central-1`),
    `${ACCESS_KEY}:${SECRET_KEY}`,
    call({ dialect: 'bedrock', model: MODEL, body: BODY }),
  )
  const received = only()
  assert.equal(received.target, '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse')
  assert.deepEqual(received.body, BODY)
  assert.equal(received.headers['x-amz-date'], '20261122T120000Z')
  assert.equal(received.headers['authorization'], expectedAuthorization(received, 'eu-central-1'))
  assert.equal(received.headers['content-type'], 'application/json')
})

test('temporary keys sign their token, too; a stream has its own path; a path before it is signed with it', async () => {
  const secret = `${ACCESS_KEY}:${SECRET_KEY}:FwoGZXIvYXdzEBYaD//+=`
  await send(
    vendor,
    entry('bedrock', `${upstream.origin}/aws/?region=us-east-1`),
    secret,
    call({ dialect: 'bedrock', model: MODEL, stream: true, body: BODY }),
  )
  const received = only()
  assert.equal(received.target, '/aws/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream')
  assert.equal(received.headers['x-amz-security-token'], 'FwoGZXIvYXdzEBYaD//+=')
  assert.equal(received.headers['authorization'], expectedAuthorization(received, 'us-east-1'))
})

test('an ARN is one segment of the path', async () => {
  const model = 'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0'
  await send(
    vendor,
    entry('bedrock', `${upstream.origin}?region=eu-central-1`),
    `${ACCESS_KEY}:${SECRET_KEY}`,
    call({ dialect: 'bedrock', model }),
  )
  const received = only()
  assert.equal(received.target, `/model/${encodeURIComponent(model)}/converse`)
  assert.equal(received.headers['authorization'], expectedAuthorization(received, 'eu-central-1'))
})

test('a Bedrock API key goes along as it is, and needs no region', async () => {
  await send(vendor, entry('bedrock', upstream.origin), ' ABSKQmVkcm9ja0FQSUtleS0xMjM= ', call({ dialect: 'bedrock', model: MODEL }))
  const { headers } = only()
  assert.equal(headers['authorization'], 'Bearer ABSKQmVkcm9ja0FQSUtleS0xMjM=')
  assert.equal(headers['x-amz-date'], undefined)
})

const REGIONS: [baseUrl: string, region: string][] = [
  ['https://bedrock-runtime.eu-central-1.amazonaws.com', 'eu-central-1'],
  ['https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['https://bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['https://vpce-0123-abc.bedrock-runtime.ap-southeast-2.vpce.amazonaws.com', 'ap-southeast-2'],
  ['https://bedrock-runtime.us-east-1.api.aws', 'us-east-1'],
  ['https://bedrock.internal.example?region=eu-west-3', 'eu-west-3'],
]

for (const [baseUrl, region] of REGIONS) {
  test(`the region of ${baseUrl} is ${region}`, async () => {
    const { headers } = await vendor.request(
      entry('bedrock', baseUrl),
      `${ACCESS_KEY}:${SECRET_KEY}`,
      call({ dialect: 'bedrock', model: MODEL }),
    )
    assert.match(headers['authorization'] ?? '', new RegExp(`/20261122/${region}/bedrock/aws4_request`))
  })
}

test('a key or an address that cannot be used is refused with a word for the operator, which repeats nothing of the key', async () => {
  const asked = call({ dialect: 'bedrock', model: MODEL })
  for (const secret of [undefined, '', '   ', 'akia:lower', `${ACCESS_KEY}:${SECRET_KEY}:token:more`, `${ACCESS_KEY}:`, 'two words']) {
    await assert.rejects(
      Promise.resolve(vendor.request(entry('bedrock', 'https://bedrock-runtime.eu-central-1.amazonaws.com'), secret, asked)),
      (error: Error) => {
        assert.match(error.message, /^A key for Amazon Bedrock is ACCESS_KEY_ID:SECRET_ACCESS_KEY/)
        return !error.message.includes(SECRET_KEY)
      },
    )
  }
  await assert.rejects(
    Promise.resolve(vendor.request(entry('bedrock', 'https://example.com'), `${ACCESS_KEY}:${SECRET_KEY}`, asked)),
    /does not tell the AWS region/,
  )
})

test('E3: a failure of the real shape is read from the wire: throttled here, not outside', async () => {
  answer = {
    status: 429,
    headers: { 'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/' },
    body: '{"message":"Too many tokens, please wait before trying again."}',
  }
  const failure = await send(vendor, entry('bedrock', upstream.origin), 'ABSKkey', call({ dialect: 'bedrock', model: MODEL }))
  assert.deepEqual(vendor.classify(failure), { action: 'rotate', code: 'provider_rate_limited' })
})
