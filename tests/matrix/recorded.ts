/** The recordings of providers, as they can be played through the gateway. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecordings, type Recording } from '../replay/answers/recordings.ts'
import { frameEvents } from '../replay/framing/frame.ts'
import type { RawAnswer } from '../replay/plan.ts'
import type { Dialect, Framing, JsonObject, Vendor } from '../replay/types.ts'
import { chatExchanges } from '../sdk/recordings.ts'

/** Where the recordings of a dialect are played, and how they are framed there. */
export const PLAYED: Partial<Record<Dialect, { vendor: Vendor; kind: string; base: string; model: string; framing: Framing }>> = {
  'openai-chat': { vendor: 'compatible', kind: 'openai-compatible', base: '/v1', model: 'played', framing: 'sse-done' },
  'openai-responses': { vendor: 'openai', kind: 'openai', base: '/v1', model: 'gpt-5-codex', framing: 'sse-named' },
  anthropic: { vendor: 'anthropic', kind: 'anthropic', base: '/v1', model: 'claude-sonnet-4-5', framing: 'sse-named' },
  gemini: { vendor: 'gemini', kind: 'google', base: '/v1beta', model: 'gemini-2.5-flash', framing: 'sse' },
  cohere: { vendor: 'cohere', kind: 'cohere', base: '', model: 'command-a-03-2025', framing: 'sse-named-done' },
  bedrock: { vendor: 'bedrock', kind: 'bedrock', base: '', model: 'amazon.nova-pro-v1:0', framing: 'event-stream' },
}

export interface Played extends Recording {
  dialect: Dialect
  framing: Framing
  /** As it leaves the provider, byte for byte. */
  bytes: Buffer
  events: JsonObject[]
}

/** Every recording that is an answer of a conversation, and the names of those that are none. */
export function recordedAnswers(folder: string): { played: Played[]; others: string[] } {
  const all = [...readRecordings(folder), ...exchanges(), ...framed(folder)]
  const played = all.flatMap((recording) => playedFrom(recording))
  const names = new Set(played.map(({ name }) => name))
  return { played, others: all.map(({ name }) => name).filter((name) => !names.has(name)) }
}

function playedFrom(recording: Recording): Played[] {
  const { dialect, stream, answer } = recording
  const place = dialect === undefined ? undefined : PLAYED[dialect]
  if (dialect === undefined || place === undefined || (answer.status ?? 200) !== 200) return []
  const { framing } = place
  if (!stream) {
    const body = bodyOf(answer)
    return [{ ...recording, dialect, framing, bytes: Buffer.from(body), events: [JSON.parse(body) as JsonObject] }]
  }
  return answersIn(answer.events ?? []).map((texts, step) => ({
    ...recording,
    name: step === 0 ? recording.name : `${recording.name}#${step + 1}`,
    answer: { events: texts },
    dialect,
    framing,
    bytes: Buffer.concat(frameEvents(framing, texts)),
    events: texts.map((text) => JSON.parse(text) as JsonObject),
  }))
}

function bodyOf({ body }: RawAnswer): string {
  return typeof body === 'string' ? body : ''
}

/** How a stream ends; recordings of several steps hold several streams, one after the other. */
const ENDS = /^\{"type":"(response\.(completed|incomplete)|message_stop)"/

function answersIn(events: string[]): string[][] {
  const ends = events.flatMap((event, index) => (ENDS.test(event) ? [index + 1] : []))
  if (ends.length < 2) return [events]
  return ends.map((end, step) => events.slice(ends[step - 1] ?? 0, end))
}

/** The answers of whole exchanges with OpenAI. */
function exchanges(): Recording[] {
  return chatExchanges().map(({ name, request, status, body }) => {
    const stream = (JSON.parse(request) as { stream?: boolean }).stream === true
    const answer = stream ? { events: eventsIn(body) } : { status, body }
    return { name: `openai-exchanges:${name}`, dialect: 'openai-chat', stream, answer }
  })
}

/** One is kept as it was framed. */
function framed(folder: string): Recording[] {
  const path = 'openai-compatible/chat/anthropic-fallback-tool-call.sse'
  if (!existsSync(join(folder, path))) return []
  const events = eventsIn(readFileSync(join(folder, path), 'utf8'))
  return [{ name: path, dialect: 'openai-chat', stream: true, answer: { events } }]
}

function eventsIn(sse: string): string[] {
  return sse
    .split('\n')
    .filter((line) => line.startsWith('data: ') && !line.startsWith('data: [DONE]'))
    .map((line) => line.slice('data: '.length).trimEnd())
}
