/** Recordings of real providers, to be answered with as they are. The folder is described in its own README. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RawAnswer } from '../plan.ts'
import type { Dialect } from '../types.ts'

/** One recorded answer: whole, or the events of its stream. */
export interface Recording {
  /** `folder:name` without the ending; slashes in the folder are dots. */
  name: string
  /** Its form, read from the recording itself; undefined for what is no chat. */
  dialect: Dialect | undefined
  stream: boolean
  answer: RawAnswer
}

/** Every recording of a folder, by name; whole answers and streams may share one. */
export function readRecordings(folder: string): Recording[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') || name.endsWith('.chunks.txt'))
    .toSorted()
    .map((name) => recording(folder, name))
}

/** The recording of that name, of the wanted kind if there is one: `folder:name`, or the name alone where it is the only one. */
export function findRecording(all: readonly Recording[], name: string, stream: boolean): Recording | undefined {
  const found = all.filter((one) => one.name === name || one.name.split(':')[1] === name)
  return found.find((one) => one.stream === stream) ?? found[0]
}

function recording(folder: string, path: string): Recording {
  const text = readFileSync(join(folder, path), 'utf8')
  const stream = path.endsWith('.chunks.txt')
  const segments = path.replace(/\.(json|chunks\.txt)$/, '').split('/')
  const base = segments.pop() ?? ''
  const events = text.split('\n').filter((line) => line.trim() !== '')
  const sample = stream ? (events[0] ?? '{}') : text
  return {
    name: `${segments.join('.')}:${base}`,
    dialect: dialectOf(JSON.parse(sample) as Record<string, unknown>),
    stream,
    answer: stream ? { events } : whole(JSON.parse(text) as Record<string, unknown>, text),
  }
}

/** Some recordings keep status and headers beside the body; those of errors are what their body says. */
function whole(value: Record<string, unknown>, text: string): RawAnswer {
  const { status, headers, body } = value
  if (typeof status === 'number' && typeof body === 'string') {
    return { status, headers: headers as Record<string, string>, body }
  }
  const error = value['error'] as { code?: unknown } | null | undefined
  if (error == null || value['object'] === 'response') return { body: text }
  return { status: typeof error.code === 'number' ? error.code : 400, body: text }
}

const MARKS: [Dialect, (value: Record<string, unknown>) => boolean][] = [
  ['openai-responses', (value) => value['object'] === 'response' || String(value['type']).startsWith('response.')],
  ['completions', (value) => value['object'] === 'text_completion'],
  ['anthropic', (value) => value['type'] === 'message' || value['type'] === 'message_start'],
  ['cohere', (value) => 'finish_reason' in value || value['type'] === 'message-start'],
  ['openai-chat', (value) => Array.isArray(value['choices'])],
  ['gemini', (value) => 'candidates' in value || 'usageMetadata' in value],
  ['bedrock', (value) => 'stopReason' in value || 'messageStart' in value || 'contentBlockDelta' in value || 'contentBlockStart' in value],
]

function dialectOf(value: Record<string, unknown>): Dialect | undefined {
  return MARKS.find(([, fits]) => fits(value))?.[0]
}
