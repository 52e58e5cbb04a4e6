import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiChat, type Answer, type Part, type StreamEvent, type UsageReading } from '../../src/index.ts'
import { answers, exchanges, recordingsMissing, streams } from './recordings.ts'
import { chunksOf, decoded, encoded, eventOf, frame } from './support.ts'

const PATH = '/chat/completions'
const skip = recordingsMissing

/** What an answer says, read one way or the other. */
interface Said {
  text: string
  reasoning: string
  calls: { name: string; arguments: string }[]
  finish: string
  sources: number
  input: number | undefined
  output: number | undefined
}

type Message = Record<'content' | 'reasoning_content' | 'reasoning', string | null | undefined> & {
  tool_calls?: { index?: number; function: { name?: string; arguments?: string } }[] | null
  annotations?: unknown[]
  audio?: { transcript?: string }
}
interface Chunk {
  choices: { delta?: Message; message?: Message; finish_reason?: string | null }[]
  usage?: Record<string, number> | null
  citations?: string[]
}

/** Plain JSON, put together by hand: no code of ours reads it. */
function plainly(chunks: Chunk[]): Said {
  const said: Said = { text: '', reasoning: '', calls: [], finish: '', sources: 0, input: undefined, output: undefined }
  const byIndex = new Map<number, Said['calls'][number]>()
  for (const { choices, usage, citations } of chunks) {
    for (const { delta, message, finish_reason } of choices) {
      const piece = delta ?? message
      said.text += `${piece?.content ?? ''}${piece?.audio?.transcript ?? ''}`
      said.reasoning += piece?.reasoning_content ?? piece?.reasoning ?? ''
      said.sources += piece?.annotations?.length ?? 0
      for (const [place, { index = place, function: called }] of (piece?.tool_calls ?? []).entries()) {
        const call = byIndex.get(index) ?? { name: '', arguments: '' }
        if (!byIndex.has(index)) said.calls.push(call)
        byIndex.set(index, call)
        call.name += called.name ?? ''
        call.arguments += called.arguments ?? ''
      }
      said.finish = finish_reason ?? said.finish
    }
    if (citations !== undefined) said.sources = citations.length
    if (usage != null) {
      said.input = usage['prompt_tokens']
      said.output = (usage['total_tokens'] ?? Number.NaN) - (usage['prompt_tokens'] ?? Number.NaN)
    }
  }
  return said
}

function sums(usage: UsageReading | undefined): Pick<Said, 'input' | 'output'> {
  if (usage?.ok !== true) return { input: undefined, output: undefined }
  const { input = 0, cacheRead = 0, cacheWrite = 0, audioIn = 0, imageIn = 0, output = 0, reasoning = 0, audioOut = 0 } = usage.buckets
  return { input: input + cacheRead + cacheWrite + audioIn + imageIn, output: output + reasoning + audioOut }
}

function saidByEvents(events: StreamEvent[]): Said {
  const of = (type: 'text' | 'reasoning'): string => events.map((event) => (event.type === type ? event.text : '')).join('')
  const finish = events.find((event) => event.type === 'finish')
  return {
    text: of('text'),
    reasoning: of('reasoning'),
    calls: events.flatMap((event) =>
      event.type === 'tool_call'
        ? [
            {
              name: event.name,
              arguments: events.map((next) => (next.type === 'tool_arguments' && next.call === event.call ? next.text : '')).join(''),
            },
          ]
        : [],
    ),
    finish: finish?.stop.reason ?? '',
    sources: events.filter(({ type }) => type === 'citation').length,
    ...sums(events.findLast((event) => event.type === 'usage')?.usage),
  }
}

function saidByAnswer({ choices, usage }: Answer): Said {
  const [choice] = choices
  const parts = choice?.parts ?? []
  const of = (type: 'text' | 'reasoning'): string => parts.map((part: Part) => (part.type === type ? part.text : '')).join('')
  return {
    text: of('text'),
    reasoning: of('reasoning'),
    calls: parts.flatMap((part) => (part.type === 'tool_call' ? [{ name: part.name, arguments: part.arguments }] : [])),
    finish: choice?.stop.reason ?? '',
    sources: parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : [])).length,
    ...sums(usage),
  }
}

test('recorded streams decode to what plain JSON shows, and replay through our encoder as the same', { skip }, () => {
  const all = streams(PATH)
  assert.ok(all.length >= 16, `only ${all.length} recordings found`)
  let loud = 0
  for (const { name, content } of all) {
    const decoder = openaiChat.streamDecoder()
    const encoder = openaiChat.streamEncoder(frame({ includeUsage: true }))
    const steps = [...content, '[DONE]'].map((data) => decoder.decode(eventOf(data)))
    const events = steps.flat()
    const expected = plainly(content.map((data) => JSON.parse(data) as Chunk))
    assert.deepEqual(saidByEvents(events), expected, name)
    if (expected.text + expected.reasoning !== '' || expected.calls.length > 0) loud++
    assert.deepEqual([events[0]?.type, events.at(-1)?.type], ['start', 'done'], name)
    assert.equal(
      events.some(({ type }) => type === 'error'),
      false,
      name,
    )
    const usage = events.findLast((event) => event.type === 'usage')?.usage
    const bytes = Buffer.concat([...steps.map((step) => encoder.encode(step)), encoder.end(usage?.ok === true ? usage.buckets : {})])
    const chunks = chunksOf(bytes)
    assert.equal(chunks.pop(), '[DONE]', name)
    const replayed = plainly(chunks as Chunk[])
    assert.deepEqual(replayed, { ...expected, input: expected.input ?? 0, output: expected.output ?? 0 }, name)
  }
  // One model thought until its limit, and said nothing.
  assert.equal(loud, all.length - 1)
})

test('recorded answers decode to what plain JSON shows, and replay through our encoder as the same', { skip }, () => {
  const all = answers(PATH)
  assert.ok(all.length >= 20, `only ${all.length} recordings found`)
  for (const { name, content } of all) {
    const answer = openaiChat.decodeAnswer(Buffer.from(content))
    assert.ok(answer, name)
    const expected = plainly([JSON.parse(content) as Chunk])
    const decodedFinish = saidByAnswer(answer).finish
    // OpenAI says `stop` of a call that was forced (R2).
    assert.equal(decodedFinish, expected.calls.length > 0 ? 'tool_calls' : expected.finish, name)
    assert.deepEqual(saidByAnswer(answer), { ...expected, finish: decodedFinish }, name)
    assert.equal(answer.usage.ok, true, name)
    const buckets = answer.usage.ok ? answer.usage.buckets : {}
    const body = JSON.parse(openaiChat.encodeAnswer(answer, frame(), buckets).toString()) as Chunk
    assert.deepEqual(plainly([body]), { ...expected, finish: decodedFinish }, name)
    const read = openaiChat.readAnswer(Buffer.from(content))
    assert.deepEqual(read?.usage, answer.usage, name)
  }
})

test('recorded requests decode, and are written as they were but for what needs no saying', { skip }, () => {
  const all = exchanges(PATH).filter(({ content }) => content.status === 200)
  assert.ok(all.length >= 12, `only ${all.length} exchanges found`)
  for (const { name, content } of all) {
    const conversation = decoded(content.request)
    const quirks = { outputLimitMember: 'max_tokens' in content.request ? 'max_tokens' : 'max_completion_tokens' } as const
    const { body, unsupported } = encoded(conversation, quirks, conversation.maxOutputTokens)
    assert.deepEqual(unsupported, [], name)
    const kept = Object.keys(conversation.others)
    const expected = Object.entries(content.request).filter(([member]) => !kept.includes(member) && member !== 'model')
    const { model: _, stream_options: __, ...written } = body
    const { stream_options: ___, ...asked } = Object.fromEntries<unknown>(expected)
    assert.deepEqual(written, asked, name)
  }
})

test('recorded refusals are no answers', { skip }, () => {
  const all = exchanges(PATH).filter(({ content }) => content.status !== 200)
  assert.ok(all.length >= 2, `only ${all.length} exchanges found`)
  for (const { name, content } of all) assert.equal(openaiChat.decodeAnswer(Buffer.from(content.response)), undefined, name)
})
