import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { CHAT_USAGE, ChatStreamReader, readAnswer, SseSplitter, UsageScanner } from '../src/index.ts'
import type { UsageReading } from '../src/index.ts'

const folder = process.env['FAREGATE_RECORDED']
const skip = folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of a real provider is replayed' : false

const VENDORS = [
  'openai/chat',
  'openai-compatible',
  'groq',
  'deepseek',
  'xai',
  'mistral',
  'moonshotai',
  'perplexity',
  'togetherai',
  'alibaba',
]

interface Recording {
  name: string
  text: string
}

function recordings(ending: string): Recording[] {
  if (folder === undefined) return []
  return VENDORS.flatMap((vendor) =>
    readdirSync(join(folder, vendor), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending) && !name.includes('responses'))
      .map((name) => ({ name: `${vendor}/${name}`, text: readFileSync(join(folder, vendor, name), 'utf8') })),
  )
}

/** Sums that no reading of ours went into: prompt, and everything else up to the total. */
function totalsOf(usage: Record<string, number>): { input: number; output: number } {
  const prompt = usage['prompt_tokens'] ?? Number.NaN
  return { input: prompt, output: (usage['total_tokens'] ?? Number.NaN) - prompt }
}

function sums(reading: UsageReading | undefined): { input: number; output: number } {
  assert.ok(reading?.ok, JSON.stringify(reading))
  const { input = 0, cacheRead = 0, cacheWrite = 0, audioIn = 0, imageIn = 0, output = 0, reasoning = 0, audioOut = 0 } = reading.buckets
  for (const count of Object.values(reading.buckets)) assert.ok(Number.isSafeInteger(count) && count >= 0)
  return { input: input + cacheRead + cacheWrite + audioIn + imageIn, output: output + reasoning + audioOut }
}

interface Replay {
  usage: UsageReading | undefined
  text: string
  finished: boolean
  done: boolean
  errors: number
}

/** Reads a framed stream in chunks of an odd size. */
function replay(stream: Buffer): Replay {
  const splitter = new SseSplitter()
  const reader = new ChatStreamReader(1)
  const result: Replay = { usage: undefined, text: '', finished: false, done: false, errors: 0 }
  const raw: Buffer[] = []
  for (let at = 0; at < stream.length; at += 97) {
    for (const event of splitter.push(stream.subarray(at, at + 97))) {
      const step = reader.read(event)
      raw.push(event.raw)
      result.text += step.text
      result.usage = step.usage ?? result.usage
      result.finished = step.finished
      result.done ||= step.kind === 'done'
      if (step.kind === 'error') result.errors++
    }
  }
  assert.deepEqual(Buffer.concat([...raw, splitter.end()]), stream)
  return result
}

/** The last usage of a stream, taken from the recording by plain JSON. */
function lastUsage(chunks: string[]): Record<string, number> | undefined {
  return (
    chunks.map((chunk) => (JSON.parse(chunk) as { usage?: Record<string, number> | null }).usage).findLast((usage) => usage != null) ??
    undefined
  )
}

/** Content and reasoning of the deltas, by plain JSON. */
function shownText(chunks: string[]): string {
  type Chunk = { choices?: { delta?: Record<string, unknown> }[] }
  return chunks
    .flatMap((chunk) => (JSON.parse(chunk) as Chunk).choices ?? [])
    .flatMap(({ delta }) => [delta?.['content'], delta?.['reasoning_content'] ?? delta?.['reasoning']])
    .filter((text) => typeof text === 'string')
    .join('')
}

test('recorded streams: usage equals the last usage object, text is whole, bytes pass unchanged', { skip }, (context) => {
  const all = recordings('.chunks.txt')
  assert.ok(all.length >= 12, `only ${all.length} recordings found`)
  for (const { name, text } of all) {
    const chunks = text.split('\n').filter((line) => line !== '')
    const result = replay(Buffer.from(`${chunks.map((chunk) => `data: ${chunk}`).join('\n\n')}\n\ndata: [DONE]\n\n`))
    const usage = lastUsage(chunks)
    if (usage === undefined) {
      context.diagnostic(`${name} carries no usage`)
      assert.equal(result.usage, undefined, name)
    } else {
      assert.deepEqual(sums(result.usage), totalsOf(usage), name)
    }
    assert.deepEqual([result.finished, result.done, result.errors], [true, true, 0], name)
    if (!text.includes('tool_calls')) assert.equal(result.text.length, shownText(chunks).length, name)
    assert.notEqual(result.text, '', name)
  }
})

test('recorded answers: usage equals the usage object, for the whole body and for the scanner', { skip }, () => {
  const all = recordings('.json').filter(({ text }) => Array.isArray((JSON.parse(text) as { choices?: unknown }).choices))
  assert.ok(all.length >= 10, `only ${all.length} recordings found`)
  for (const { name, text } of all) {
    const expected = totalsOf((JSON.parse(text) as { usage: Record<string, number> }).usage)
    const answer = readAnswer(Buffer.from(text))
    assert.deepEqual(sums(answer?.usage), expected, name)
    assert.equal(answer?.hasOutput, true, name)
    const scanner = new UsageScanner(CHAT_USAGE)
    for (let at = 0; at < text.length; at += 101) scanner.push(Buffer.from(text).subarray(at, at + 101))
    scanner.push(Buffer.from(text).subarray(Math.ceil(text.length / 101) * 101))
    assert.deepEqual(scanner.result(), answer?.usage, name)
  }
})

interface Exchange {
  interactions: { request: { body: string; url: string }; response: { body: string; code?: number; status: string } }[]
}

test('recorded exchanges with OpenAI: requests are read, usage equals the usage object, errors are no answers', { skip }, () => {
  const files = readdirSync(join(folder ?? '', 'openai-exchanges')).filter((name) => /chat/.test(name))
  assert.ok(files.length >= 12, `only ${files.length} exchanges found`)
  for (const name of files) {
    const { interactions } = parse(readFileSync(join(folder ?? '', 'openai-exchanges', name), 'utf8')) as Exchange
    for (const { response } of interactions) {
      const { body } = response
      if (!response.status.startsWith('200')) {
        assert.equal(readAnswer(Buffer.from(body)), undefined, name)
      } else if (body.startsWith('data:')) {
        const chunks = body.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []))
        const result = replay(Buffer.from(body))
        const usage = lastUsage(chunks)
        if (usage !== undefined) assert.deepEqual(sums(result.usage), totalsOf(usage), name)
        assert.deepEqual([result.finished, result.done], [true, true], name)
      } else {
        assert.deepEqual(
          sums(readAnswer(Buffer.from(body))?.usage),
          totalsOf((JSON.parse(body) as { usage: Record<string, number> }).usage),
          name,
        )
      }
    }
  }
})
