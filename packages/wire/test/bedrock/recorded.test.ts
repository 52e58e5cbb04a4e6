import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bedrock } from '../../src/bedrock/dialect.ts'
import { EventStreamSplitter } from '../../src/bedrock/event-stream-splitter.ts'
import type { Part, StreamEvent, Turn } from '../../src/index.ts'
import { event } from './frames.ts'

const folder = process.env['FAREGATE_RECORDED']
const skip = folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of Amazon Bedrock is replayed' : false

type Json = Record<string, unknown>

interface Recording {
  name: string
  text: string
}

function recordings(ending: string): Recording[] {
  if (folder === undefined) return []
  const path = join(folder, 'amazon-bedrock')
  return readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(join(path, name), 'utf8') }))
}

/** Every string under one of these names, in order, by plain JSON. */
function strings(value: unknown, names: string[]): string {
  if (typeof value !== 'object' || value === null) return ''
  if (Array.isArray(value)) return value.map((item: unknown) => strings(item, names)).join('')
  return Object.entries(value)
    .map(([name, inner]) => (typeof inner === 'string' && names.includes(name) ? inner : strings(inner, names)))
    .join('')
}

function textOf(parts: Part[]): string {
  return parts.map((part) => (part.type === 'text' || part.type === 'reasoning' ? part.text : '')).join('')
}

function assertUsage(actual: StreamEvent | undefined, usage: Json | undefined, name: string): void {
  if (usage === undefined) return assert.equal(actual, undefined, name)
  assert.ok(actual?.type === 'usage' && actual.usage.ok, name)
  const sum = Object.values(actual.usage.buckets).reduce((total, count) => total + count, 0)
  assert.equal(sum, usage['totalTokens'], name)
  assert.equal(actual.usage.buckets.output, usage['outputTokens'], name)
}

const REASONS: Record<string, string> = { end_turn: 'stop', tool_use: 'tool_calls', max_tokens: 'length' }

test('recorded answers: text, calls, stop reason and usage are those of the recording, and go back as they came', { skip }, () => {
  const all = recordings('.json')
  assert.ok(all.length >= 8, `only ${all.length} recordings found`)
  for (const { name, text } of all) {
    const recorded = JSON.parse(text) as { output: { message: { content: Json[] } }; stopReason: string; usage: Json }
    const { content } = recorded.output.message
    const answer = bedrock.decodeAnswer(Buffer.from(text))
    const parts = answer?.choices[0]?.parts ?? []
    assert.equal(textOf(parts), strings(content, ['text']), name)
    assert.equal(answer?.choices[0]?.stop.reason, REASONS[recorded.stopReason], name)
    assertUsage(answer && { type: 'usage', usage: answer.usage }, recorded.usage, name)
    const calls = parts.flatMap((part) => (part.type === 'tool_call' ? [[part.id, part.name, JSON.parse(part.arguments)]] : []))
    const uses = content.flatMap(({ toolUse }) => (toolUse === undefined ? [] : [toolUse as Json]))
    assert.deepEqual(
      calls,
      uses.map(({ toolUseId, name: tool, input }) => [toolUseId, tool, input]),
      name,
    )
    assert.deepEqual(
      goneBack(parts),
      content.map(({ type: _type, ...block }) => block),
      name,
    )
  }
})

/** The answer as the history of the next request. */
function goneBack(parts: Part[]): unknown {
  const turns: Turn[] = [
    { role: 'user', parts: [{ type: 'text', text: 'x', at: '' }], at: '' },
    { role: 'assistant', parts, at: '' },
    { role: 'user', parts: [{ type: 'text', text: 'y', at: '' }], at: '' },
  ]
  const tools = [{ type: 'function' as const, name: 'json', at: '' }]
  const target = { model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', outputLimit: 100, quirks: {} }
  const { body, unsupported } = bedrock.encodeRequest({ stream: false, turns, tools, others: {} }, target)
  assert.deepEqual(unsupported, [])
  return (JSON.parse(body.toString()) as { messages: { content: unknown }[] }).messages[1]?.content
}

test('recorded streams, framed and cut at odd places: the same text, calls, stop reason and usage', { skip }, (context) => {
  const all = recordings('.chunks.txt')
  assert.ok(all.length >= 8, `only ${all.length} recordings found`)
  for (const { name, text } of all) {
    const said = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, Json>)
    const stream = Buffer.concat(said.flatMap((line) => Object.entries(line)).map(([type, payload]) => event(type, payload)))
    const events = replay(stream)
    const of = <Type extends StreamEvent['type']>(type: Type): Extract<StreamEvent, { type: Type }>[] =>
      events.filter((one): one is Extract<StreamEvent, { type: Type }> => one.type === type)
    const deltas = said.map((line) => line['contentBlockDelta'])
    const heard = events.map((one) => (one.type === 'text' || one.type === 'reasoning' ? one.text : '')).join('')
    assert.equal(heard, strings(deltas, ['text']), name)
    const told = of('tool_arguments')
      .map((one) => one.text)
      .join('')
    const sent = strings(deltas, ['input'])
    assert.equal(told, sent === '' && of('tool_call').length > 0 ? '{}' : sent, name)
    assert.deepEqual(
      of('tool_call').map((call) => [call.id, call.name]),
      said.flatMap((line) => {
        const use = (line['contentBlockStart']?.['start'] as Json | undefined)?.['toolUse'] as Json | undefined
        return use === undefined ? [] : [[use['toolUseId'], use['name']]]
      }),
      name,
    )
    const stop = said.find((line) => line['messageStop'] !== undefined)?.['messageStop']?.['stopReason']
    assert.deepEqual(
      of('finish').map((one) => one.stop.reason),
      [REASONS[String(stop)]],
      name,
    )
    const usage = said.find((line) => line['metadata'] !== undefined)?.['metadata']?.['usage'] as Json | undefined
    if (usage === undefined) context.diagnostic(`${name} carries no usage`)
    assertUsage(of('usage').at(-1), usage, name)
    assert.equal(
      strings(deltas, ['signature']),
      of('reasoning_signature')
        .map((one) => one.signature)
        .join(''),
      name,
    )
    assert.deepEqual([of('error'), of('done')], [[], []], name)
  }
})

function replay(stream: Buffer): StreamEvent[] {
  const splitter = new EventStreamSplitter()
  const decoder = bedrock.streamDecoder()
  const events: StreamEvent[] = []
  for (let at = 0; at < stream.length; at += 97) {
    for (const raw of splitter.push(stream.subarray(at, at + 97))) events.push(...decoder.decode(raw))
  }
  assert.equal(splitter.end().length, 0)
  return events
}
