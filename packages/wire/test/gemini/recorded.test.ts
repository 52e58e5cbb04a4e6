import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Buckets } from '@faregate/core'
import { SseSplitter, sumOf, type AnswerFrame, type Splitter, type UsageReading } from '../../src/index.ts'
import { ArraySplitter } from '../../src/gemini/array-splitter.ts'
import { gemini, geminiArray } from '../../src/gemini/dialect.ts'
import { decodeVectors } from '../../src/gemini/embed-answer.ts'
import { conversation, decodeStream, raw, saidIn } from './support.ts'

const folder = process.env['FAREGATE_RECORDED']
const skip = folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of Google is replayed' : false

interface Chunk {
  candidates?: { content?: { parts?: Record<string, unknown>[] }; finishReason?: string }[]
  usageMetadata?: Record<string, number>
  responseId?: string
}

function files(ending: string): { name: string; text: string }[] {
  if (folder === undefined) return []
  const names = readdirSync(join(folder, 'google')).filter((name) => name.endsWith(ending))
  return names.map((name) => ({ name, text: readFileSync(join(folder, 'google', name), 'utf8') }))
}

/** The simplest reading there is: the parts of every chunk, one after the other. */
function plainly(chunks: Chunk[]): { text: string; thought: string; calls: string[]; signatures: string[]; finish: string | undefined } {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  const text = (thought: boolean): string =>
    parts
      .filter((part) => (part['thought'] === true) === thought)
      .map((part) => (part['text'] as string | undefined) ?? '')
      .join('')
  return {
    text: text(false),
    thought: text(true),
    calls: parts.flatMap((part) => (part['functionCall'] as { name?: string } | undefined)?.name ?? []),
    signatures: parts.flatMap((part) =>
      part['functionCall'] === undefined ? [] : ((part['thoughtSignature'] as string | undefined) ?? []),
    ),
    finish: chunks.findLast((chunk) => chunk.candidates?.[0]?.finishReason !== undefined)?.candidates?.[0]?.finishReason,
  }
}

/** The values of all pieces of arguments, strings put together by path, call after call. */
function plainArguments(chunks: Chunk[]): Record<string, unknown>[] {
  const calls: Record<string, unknown>[] = []
  for (const part of chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])) {
    const call = part['functionCall'] as { name?: string; partialArgs?: Record<string, unknown>[] } | undefined
    if (call?.name !== undefined) calls.push({})
    for (const { jsonPath, stringValue, numberValue } of call?.partialArgs ?? []) {
      const values = calls.at(-1) ?? {}
      const path = String(jsonPath)
      values[path] = typeof stringValue === 'string' ? `${(values[path] as string | undefined) ?? ''}${stringValue}` : numberValue
    }
  }
  return calls
}

/** The leaves of a value, by path. */
function leaves(value: unknown, path = '$'): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return { [path]: value }
  const steps = Object.entries(value).map(([name, member]) => leaves(member, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`))
  return Object.assign({}, ...steps) as Record<string, unknown>
}

function bucketsOf(usage: UsageReading | undefined): Buckets {
  assert.ok(usage?.ok, JSON.stringify(usage))
  return usage.buckets
}

const frame: AnswerFrame = {
  model: 'm',
  requestId: 'req_1',
  created: 1,
  includeUsage: true,
  conversation: conversation({ reasoning: { show: true } }),
}

test('recorded answers: text, stop reason and usage are those of a plain reading; encoded again they say the same', { skip }, () => {
  const all = files('.json').filter(({ text }) => text.includes('"candidates"'))
  assert.ok(all.length >= 3, `only ${all.length} recordings found`)
  for (const { name, text } of all) {
    const plain = plainly([JSON.parse(text) as Chunk])
    const reading = gemini.readAnswer(Buffer.from(text))
    const answer = gemini.decodeAnswer(Buffer.from(text))
    assert.equal(reading?.text(), plain.text + plain.thought, name)
    assert.deepEqual([answer?.choices[0]?.stop, plain.finish], [{ reason: 'stop' }, 'STOP'], name)
    const { promptTokenCount, totalTokenCount, thoughtsTokenCount } = (JSON.parse(text) as Chunk).usageMetadata ?? {}
    const buckets = bucketsOf(reading?.usage)
    assert.deepEqual([buckets.input, buckets.reasoning], [promptTokenCount, thoughtsTokenCount], name)
    assert.equal(sumOf(buckets, ['input', 'output', 'reasoning']), totalTokenCount, name)
    const again = gemini.encodeAnswer(answer ?? { choices: [], usage: { ok: true, buckets } }, frame, buckets)
    assert.deepEqual(plainly([JSON.parse(again.toString()) as Chunk]), plain, name)
    assert.deepEqual(gemini.decodeAnswer(again)?.usage, reading?.usage, name)
  }
})

test('E3: a recorded refusal is no answer', { skip }, () => {
  const [refusal] = files('429-retry-info.json')
  assert.ok(refusal)
  assert.equal(gemini.readAnswer(Buffer.from(refusal.text)), undefined)
})

test('recorded embeddings of Vertex AI: vectors and the sum of their counts', { skip }, () => {
  const body = readFileSync(join(folder ?? '', 'google-vertex/google-vertex-embedding.json'))
  const embeddings = decodeVectors(body)
  assert.deepEqual(
    embeddings?.vectors.float?.map((vector) => vector.length),
    [5, 5],
  )
  assert.deepEqual(embeddings.usage, { ok: true, buckets: { input: 11 } })
})

const FRAMINGS: [what: string, dialect: typeof gemini, splitter: () => Splitter, framed: (chunks: string[]) => string][] = [
  ['as events', gemini, () => new SseSplitter(), (chunks) => chunks.map((chunk) => `data: ${chunk}\r\n\r\n`).join('')],
  ['as an array', geminiArray, () => new ArraySplitter(), (chunks) => `[${chunks.join('\n,\r\n')}\n]\n`],
]

for (const [what, dialect, splitter, framed] of FRAMINGS) {
  test(`recorded streams ${what}: passed on unchanged, while usage, text and the end are seen`, { skip }, () => {
    const all = files('.chunks.txt')
    assert.ok(all.length >= 6, `only ${all.length} recordings found`)
    for (const { name, text } of all) {
      const lines = text.split('\n').filter((line) => line !== '')
      const chunks = lines.map((line) => JSON.parse(line) as Chunk)
      const stream = Buffer.from(framed(lines))
      const cutter = splitter()
      const reader = dialect.streamReader(1)
      const passed: Buffer[] = []
      const steps = []
      for (let at = 0; at < stream.length; at += 97) {
        for (const event of cutter.push(stream.subarray(at, at + 97))) {
          passed.push(event.raw)
          steps.push(reader.read(event))
        }
      }
      assert.deepEqual(Buffer.concat([...passed, cutter.end()]), stream, name)
      const plain = plainly(chunks)
      if (plain.calls.length === 0) assert.equal(steps.map((step) => step.text).join(''), plain.thought + plain.text, name)
      assert.equal(
        steps.findIndex((step) => step.keepBack === true),
        chunks.length - 1,
        `${name}: the end is kept back`,
      )
      assert.equal(
        steps.some((step) => step.kind === 'done' || step.kind === 'error' || step.usageOnly),
        false,
        name,
      )
      const told = chunks.at(-1)?.usageMetadata ?? {}
      const buckets = bucketsOf(steps.findLast((step) => step.usage !== undefined)?.usage)
      assert.equal(sumOf(buckets, ['input', 'output', 'reasoning']), told['totalTokenCount'], name)
      assert.equal(reader.ids.id, chunks[0]?.responseId, name)
    }
  })
}

test('recorded streams: decoded, then written for a Gemini caller, they say the same', { skip }, () => {
  for (const { name, text } of files('.chunks.txt')) {
    const chunks = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Chunk)
    const plain = plainly(chunks)
    const events = decodeStream(gemini, chunks)
    const said = saidIn(events)
    assert.deepEqual([said.text, said.reasoning], [plain.text, plain.thought], name)
    assert.deepEqual(
      said.calls.map((call) => call.name),
      plain.calls,
      name,
    )
    assert.equal(new Set(said.calls.map((call) => call.id)).size, plain.calls.length, name)
    const written = said.calls.map((call) => (call.arguments === '{}' ? {} : leaves(JSON.parse(call.arguments))))
    assert.deepEqual(written, plainArguments(chunks), name)
    assert.equal(said.finish, plain.calls.length > 0 ? 'tool_calls' : 'stop', name)
    const usage = events.findLast((event) => event.type === 'usage')
    const buckets = bucketsOf(usage?.usage)
    const encoder = gemini.streamEncoder(frame)
    const decoder = gemini.streamDecoder()
    const bytes = Buffer.concat([...chunks.map((chunk) => encoder.encode(decoder.decode(raw(chunk)))), encoder.end(buckets)])
    const replayed = new SseSplitter().push(bytes).map(({ data }) => JSON.parse(data ?? '') as Chunk)
    const again = plainly(replayed)
    assert.deepEqual(
      [again.text, again.thought, again.calls, again.signatures, again.finish],
      [plain.text, plain.thought, plain.calls, plain.signatures, 'STOP'],
      name,
    )
    const sent = replayed
      .flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
      .flatMap((part) => (part['functionCall'] as { args: unknown } | undefined)?.args ?? [])
    assert.deepEqual(
      sent.map((args) => (Object.keys(args).length === 0 ? {} : leaves(args))),
      plainArguments(chunks),
      name,
    )
    assert.equal(replayed.at(-1)?.usageMetadata?.['totalTokenCount'], chunks.at(-1)?.usageMetadata?.['totalTokenCount'], name)
  }
})
