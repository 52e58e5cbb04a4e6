import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RawEvent, StreamEvent } from '../../src/index.ts'

/** Where recordings of real providers are; tests that need them say loudly that they were skipped. */
const folder = process.env['FAREGATE_RECORDED']
export const skip = folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of a real provider is replayed' : false

const FOLDERS = ['openai/responses', 'open-responses/responses', 'xai/responses', 'azure']

/** What a test reads of an item, by plain JSON. */
export interface Item {
  type: string
  id?: string
  role?: string
  status?: string
  content?: { type: string; text?: string; refusal?: string; annotations?: unknown[] }[]
  summary?: { text: string }[]
  encrypted_content?: string | null
  call_id?: string
  name?: string
  arguments?: string
  input?: string
  result?: string | null
}

export interface Response {
  id: string
  status: string
  model: string
  output: Item[]
  usage: { input_tokens: number; output_tokens: number; total_tokens: number } | null
}

export interface Recording<Content> {
  name: string
  content: Content
}

/** Whole answers; bodies that are errors are left out. */
export function answers(): Recording<Buffer>[] {
  return files('.json').filter(({ content }) => 'output' in (JSON.parse(content.toString()) as object))
}

/** The data of the events of each response; recordings of several steps hold several responses. */
export function streams(): Recording<string[]>[] {
  return files('.chunks.txt').flatMap(({ name, content }) => {
    const events = content
      .toString()
      .split('\n')
      .filter((line) => line !== '')
    const starts = events.flatMap((event, index) => (event.includes('"type":"response.created"') ? [index] : []))
    assert.ok(starts.length > 0, name)
    return starts.map((start, step) => ({ name: `${name}#${step}`, content: events.slice(start, starts[step + 1]) }))
  })
}

function files(ending: string): Recording<Buffer>[] {
  if (folder === undefined) return []
  const root = folder
  return FOLDERS.flatMap((vendor) =>
    readdirSync(join(root, vendor))
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ name: `${vendor}/${name}`, content: readFileSync(join(root, vendor, name)) })),
  )
}

/** An event as it comes from the splitter. */
export function raw(data: unknown, event?: string): RawEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return { raw: Buffer.from(`data: ${text}\n\n`), data: text, event }
}

/** What is said in an output: everything that can be compared between readings, ids of items aside. */
export interface Said {
  text: string
  refusal: string
  reasoning: string
  calls: { id: string; name: string; arguments: string }[]
}

/** By plain JSON, without any reader of ours. */
export function saidIn(output: readonly Item[]): Said {
  const content = output.filter(({ type }) => type === 'message').flatMap((item) => item.content ?? [])
  const thoughts = output.filter(({ type }) => type === 'reasoning')
  return {
    text: content.map(({ text }) => text ?? '').join(''),
    refusal: content.map(({ refusal }) => refusal ?? '').join(''),
    reasoning: thoughts
      .map((item) => ((item.content ?? []).length > 0 ? (item.content ?? []) : (item.summary ?? [])).map(({ text }) => text).join('\n\n'))
      .join(''),
    calls: output
      .filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
      .map((item) => ({ id: item.call_id ?? '', name: item.name ?? '', arguments: item.arguments ?? item.input ?? '' })),
  }
}

/** The same of canonical events. */
export function saidBy(events: readonly StreamEvent[]): Said {
  const said: Said = { text: '', refusal: '', reasoning: '', calls: [] }
  for (const event of events) {
    if (event.type === 'text' || event.type === 'refusal' || event.type === 'reasoning') said[event.type] += event.text
    if (event.type === 'tool_call') said.calls[event.call] = { id: event.id, name: event.name, arguments: '' }
    const call = event.type === 'tool_arguments' ? said.calls[event.call] : undefined
    if (call !== undefined && event.type === 'tool_arguments') call.arguments += event.text
  }
  return said
}
