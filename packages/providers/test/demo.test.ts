import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChatStreamReader, readAnswer, readChatRequest, SseSplitter } from '@faregate/wire'
import type { StreamStep } from '@faregate/wire'
import { answerDemo, vendors } from '../src/index.ts'

const LABEL = /built-in demo provider of Faregate.*nothing was sent anywhere/

function bodyOf(members: Record<string, unknown> = {}): Buffer {
  return Buffer.from(JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello there, how are you?' }], ...members }))
}

async function ask(
  members: Record<string, unknown> = {},
  signal = new AbortController().signal,
): Promise<{ status: number; type: string | undefined; body: Buffer }> {
  const answer = await answerDemo(bodyOf(members), { signal, paceMs: 0, now: 5_000, id: 'chatcmpl-1' })
  const parts: Buffer[] = []
  for await (const part of answer.body) parts.push(part)
  return { status: answer.status, type: answer.headers['content-type'], body: Buffer.concat(parts) }
}

async function stream(members: Record<string, unknown>): Promise<StreamStep[]> {
  const { body, type } = await ask({ stream: true, ...members })
  assert.match(type ?? '', /^text\/event-stream/)
  const reader = new ChatStreamReader(typeof members['n'] === 'number' ? members['n'] : 1)
  return new SseSplitter().push(body).map((event) => reader.read(event))
}

test('a JSON answer is a labelled chat completion with consistent usage', async () => {
  const { status, type, body } = await ask()
  const answer = readAnswer(body)
  assert.deepEqual([status, type], [200, 'application/json'])
  assert.match(answer?.text() ?? '', LABEL)
  assert.match(answer?.text() ?? '', /Hello there, how are you\?$/)
  const { usage, ...rest } = JSON.parse(body.toString()) as {
    usage: Record<string, number>
    id: string
    created: number
    object: string
    choices: { finish_reason: string }[]
  }
  assert.deepEqual([rest.id, rest.created, rest.object, rest.choices[0]?.finish_reason], ['chatcmpl-1', 5, 'chat.completion', 'stop'])
  assert.equal(usage['total_tokens'], (usage['prompt_tokens'] ?? 0) + (usage['completion_tokens'] ?? 0))
  assert.equal(answer?.usage.ok, true)
})

test('the usage never exceeds what the request was bounded by', async () => {
  const request = readChatRequest(bodyOf({ max_tokens: 9, n: 2 }))
  const usage = readAnswer((await ask({ max_tokens: 9, n: 2 })).body)?.usage
  assert.ok(request.ok && usage?.ok === true)
  assert.ok((usage.buckets.input ?? Infinity) <= request.request.inputBound)
  assert.equal(usage.buckets.output, 18)
})

test('the output limit cuts the answer, under either name', async () => {
  for (const member of ['max_tokens', 'max_completion_tokens']) {
    const { body } = await ask({ [member]: 3 })
    const answer = JSON.parse(body.toString()) as { choices: { finish_reason: string }[]; usage: { completion_tokens: number } }
    assert.deepEqual([answer.choices[0]?.finish_reason, answer.usage.completion_tokens], ['length', 3])
  }
})

test('a stream carries the same text and, only if asked for, one usage chunk before its one [DONE]', async () => {
  const text = readAnswer((await ask()).body)?.text()
  const plain = await stream({})
  assert.equal(plain.map((step) => step.text).join(''), text)
  assert.equal(
    plain.some(({ usage }) => usage !== undefined),
    false,
  )
  const asked = await stream({ stream_options: { include_usage: true } })
  assert.deepEqual(
    asked.slice(-3).map(({ kind, finished, usageOnly }) => [kind, finished, usageOnly]),
    [
      ['delta', true, false],
      ['usage', true, true],
      ['done', true, false],
    ],
  )
  assert.equal(asked.filter(({ kind }) => kind === 'done').length, 1)
  const usage = asked.at(-2)?.usage
  assert.ok(usage?.ok)
  assert.equal(usage.buckets.output, asked.filter((step) => step.text !== '').length)
})

test('n choices stream side by side and all finish', async () => {
  const steps = await stream({ n: 3, max_tokens: 2, stream_options: { include_usage: true } })
  assert.equal(steps.filter((step) => step.text !== '').length, 6)
  assert.equal(steps.at(-1)?.finished, true)
  const usage = steps.at(-2)?.usage
  assert.equal(usage?.ok === true && usage.buckets.output, 6)
})

test('an abort ends the stream without its end', async () => {
  const controller = new AbortController()
  const answer = await answerDemo(bodyOf({ stream: true }), { signal: controller.signal, paceMs: 60_000 })
  let seen = ''
  for await (const part of answer.body) {
    seen += part.toString()
    controller.abort()
  }
  assert.equal(seen.split('\n\n').length - 1, 1)
  assert.doesNotMatch(seen, /\[DONE\]/)
})

test('what is no request is refused in the shape of OpenAI', async () => {
  const answer = await answerDemo(Buffer.from('{'), { signal: new AbortController().signal })
  const parts: Buffer[] = []
  for await (const part of answer.body) parts.push(part)
  assert.equal(answer.status, 400)
  assert.equal((JSON.parse(Buffer.concat(parts).toString()) as { error: { type: string } }).error.type, 'invalid_request_error')
})

test('the vendor answers in process, needs no key and states its price', async () => {
  const demo = vendors.get('demo')
  assert.deepEqual([demo?.keyless, demo?.price, demo?.environmentVariable], [true, { input: '0.50', output: '1.50' }, undefined])
  const answer = await demo?.answer?.(bodyOf(), { signal: new AbortController().signal })
  assert.equal(answer?.status, 200)
})

test('a schema of the answer is kept to: an object of its form, of which every text is the labelled one', async () => {
  const schema = {
    type: 'object',
    properties: {
      title: { type: 'string' },
      words: { type: 'integer' },
      sure: { type: ['boolean', 'null'] },
      tone: { type: 'string', enum: ['calm'] },
      tags: { type: 'array', items: { type: 'string' } },
      more: { anyOf: [{ type: 'object', properties: { share: { type: 'number' } } }, { type: 'null' }] },
    },
  }
  const { body } = await ask({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } })
  const { title, tags, ...rest } = JSON.parse(readAnswer(body)?.text() ?? '') as Record<string, unknown>
  assert.match(String(title), LABEL)
  assert.deepEqual(tags, [title])
  assert.deepEqual(rest, { words: 1, sure: true, tone: 'calm', more: { share: 1 } })
})
