import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import OpenAI, {
  AuthenticationError,
  AzureOpenAI,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  toFile,
} from 'openai'
import type { ResponseInput } from 'openai/resources/responses/responses'
import { startReplay, type Replay } from './server.ts'

let replay: Replay
let client: OpenAI
before(async () => {
  replay = await startReplay()
  client = new OpenAI({ apiKey: 'a-key', baseURL: `${replay.origins.openai}/v1`, maxRetries: 0 })
})
after(() => replay.close())

const messages = [{ role: 'user' as const, content: 'Hello' }]

test('OpenAI SDK: chat completions, whole and streamed, with calls put together by the SDK', async () => {
  const whole = await client.chat.completions.create({ model: 'gpt-4o~parallel-tools', messages })
  assert.deepEqual(
    whole.choices[0]?.message.tool_calls?.map((call) => (call.type === 'function' ? call.function.name : call.type)),
    ['get_weather', 'get_time'],
  )
  const stream = client.chat.completions.stream({ model: 'gpt-4o~parallel-tools', messages, stream_options: { include_usage: true } })
  const final = await stream.finalChatCompletion()
  const [call] = final.choices[0]?.message.tool_calls ?? []
  assert.deepEqual(JSON.parse(call?.type === 'function' ? call.function.arguments : ''), {
    city: 'Paris',
    days: [1, 2, 3],
    detail: { wind: true },
  })
  assert.equal((await stream.totalUsage()).total_tokens, 227)
  const refused = await client.chat.completions.create({ model: 'gpt-4o~refusal', messages })
  assert.equal(refused.choices[0]?.message.refusal, 'I cannot help with that request.')
})

test('OpenAI SDK: responses, whole and streamed, reasoning sent back as it came', async () => {
  const whole = await client.responses.create({ model: 'gpt-5.1~reasoning-tool', input: 'Hello' })
  assert.deepEqual(
    whole.output.map(({ type }) => type),
    ['reasoning', 'function_call'],
  )
  const call = whole.output.find((item) => item.type === 'function_call')
  const output = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'rain' }
  const next = client.responses.stream({
    model: 'gpt-5.1~text',
    input: [{ role: 'user', content: 'Hello' }, ...whole.output, output] as ResponseInput,
  })
  const types: string[] = []
  for await (const event of next) types.push(event.type)
  assert.equal((await next.finalResponse()).output_text, 'The capital of France is Paris.')
  assert.deepEqual([types[0], types.at(-1)], ['response.created', 'response.completed'])
})

test('OpenAI SDK: completions, embeddings, images, moderations, speech, transcriptions, models', async () => {
  assert.equal((await client.completions.create({ model: 'davinci-002~text', prompt: 'Hello' })).choices[0]?.finish_reason, 'stop')
  const vectors = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'] })
  assert.deepEqual(
    vectors.data.map(({ embedding }) => embedding.length),
    [5, 5],
  )
  assert.equal((await client.images.generate({ model: 'gpt-image-1', prompt: 'A cat', n: 2 })).data?.length, 2)
  assert.equal((await client.moderations.create({ input: 'Hello' })).results[0]?.flagged, false)
  const speech = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' })
  assert.ok((await speech.arrayBuffer()).byteLength > 6000)
  const file = await toFile(Buffer.from('RIFF'), 'a.wav')
  assert.equal((await client.audio.transcriptions.create({ model: 'whisper-1', file })).text, 'A recording that is played.')
  assert.equal((await client.models.list()).data.length, 2)
})

test('OpenAI SDK: errors are of the right class, and name member and code', async () => {
  const classes = {
    'fault=401': AuthenticationError,
    'fault=403': PermissionDeniedError,
    'fault=404': NotFoundError,
    'fault=429:seconds': RateLimitError,
    'fault=503': InternalServerError,
  }
  for (const [directive, type] of Object.entries(classes)) {
    await assert.rejects(client.chat.completions.create({ model: `gpt-4o~${directive}`, messages }), type, directive)
  }
  const broken = client.chat.completions.create({ model: 'gpt-4o', messages, temperature: 3 })
  await assert.rejects(broken, (error) => {
    assert.ok(error instanceof BadRequestError)
    assert.deepEqual([error.param, error.code, error.type], ['temperature', 'decimal_above_max_value', 'invalid_request_error'])
    return true
  })
  const stream = await client.chat.completions.create({ model: 'gpt-4o~text,fault=error:2', messages, stream: true })
  await assert.rejects(async () => {
    for await (const chunk of stream) assert.ok(Array.isArray(chunk.choices))
  }, /had an error/)
})

test('OpenAI SDK: Azure, Mistral and DeepSeek answer it, too', async () => {
  const azure = new AzureOpenAI({ apiKey: 'a-key', apiVersion: '2024-10-21', endpoint: replay.origins.azure, maxRetries: 0 })
  assert.equal((await azure.chat.completions.create({ model: 'a-deployment~text', messages })).model, 'a-deployment')
  for (const vendor of ['mistral', 'deepseek'] as const) {
    const other = new OpenAI({ apiKey: 'a-key', baseURL: `${replay.origins[vendor]}/v1` })
    const stream = await other.chat.completions.create({ model: 'a-model~text', messages, stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    assert.equal(text, 'The capital of France is Paris.', vendor)
  }
})

const BOTO = `
import boto3, json, sys
from botocore.config import Config
client = boto3.client('bedrock-runtime', region_name='us-east-1', endpoint_url=sys.argv[1], aws_access_key_id='AKID',
                      aws_secret_access_key='secret', config=Config(retries={'max_attempts': 0}))
user = [{'role': 'user', 'content': [{'text': 'Hello'}]}]
whole = client.converse(modelId='anthropic.claude-sonnet-4-5~parallel-tools', messages=user)
text, calls, usage = '', [], None
for event in client.converse_stream(modelId='anthropic.claude-sonnet-4-5~unicode,split=5', messages=user)['stream']:
    text += event.get('contentBlockDelta', {}).get('delta', {}).get('text', '')
    usage = event.get('metadata', {}).get('usage', usage)
errors = []
for name in ['fault=429', 'text,fault=error:2']:
    try:
        for event in client.converse_stream(modelId='m~' + name, messages=user)['stream']: pass
    except Exception as error:
        errors.append(error.response['Error']['Code'])
try:
    client.converse(modelId='m', messages=user + user)
except Exception as error:
    errors.append(error.response['Error']['Code'])
print(json.dumps({'names': [block['toolUse']['name'] for block in whole['output']['message']['content']], 'stop': whole['stopReason'],
                  'text': text, 'total': usage['totalTokens'], 'errors': errors}))
`

const boto = spawnSync('python3', ['-c', 'import boto3']).status === 0
const withoutBoto = boto ? false : 'boto3 is not installed: AWS’s own client does not read Bedrock’s frames'
if (withoutBoto !== false) process.stderr.write(`SKIPPED: ${withoutBoto}\n`)

test('boto3: Converse and ConverseStream are read, signatures taken, exceptions raised by their names', { skip: withoutBoto }, async () => {
  const child = spawn('python3', ['-c', BOTO, replay.origins.bedrock], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  await once(child, 'close')
  const said = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Record<string, unknown>
  assert.deepEqual(said, {
    names: ['get_weather', 'get_time'],
    stop: 'tool_use',
    text: 'Grüße: 日本語, 👩‍👩‍👧, "quoted", back\\slash,\nnew line\tand a \u2028 separator.',
    total: 40,
    errors: ['ThrottlingException', 'modelStreamErrorException', 'ValidationException'],
  })
})
