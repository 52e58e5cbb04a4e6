import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'

/** A whole exchange with a provider. */
export interface RecordedExchange {
  name: string
  request: string
  status: number
  headers: Record<string, string>
  body: string
}

/** An answer of a provider: whole, or the bytes of its stream. */
export interface RecordedAnswer {
  name: string
  stream: boolean
  body: string
}

/** Where the recordings lie: the folder that `FAREGATE_RECORDED` names. */
const RECORDED = process.env['FAREGATE_RECORDED']

/** Why the recordings cannot be replayed here, or false. */
export function recordingsMissing(): string | false {
  if (RECORDED !== undefined && existsSync(RECORDED)) return false
  const reason = `FAREGATE_RECORDED ${RECORDED === undefined ? 'is not set' : 'names no folder'}: recordings of providers are not replayed`
  process.stderr.write(`SKIPPED: ${reason}\n`)
  return reason
}

interface Cassette {
  interactions: { request: { body: string; url: string }; response: { body: string; code: number; headers: Record<string, string[]> } }[]
}

/** The recorded chat completions, as requests and answers. */
export function chatExchanges(): RecordedExchange[] {
  const folder = join(RECORDED ?? '', 'openai-exchanges')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => {
      const { interactions } = parse(readFileSync(join(folder, name), 'utf8')) as Cassette
      return interactions
        .filter(({ request }) => request.url.includes('/chat/completions'))
        .map(({ request, response }) => ({
          name: basename(name, '.yaml'),
          request: request.body,
          status: response.code,
          body: response.body,
          headers: Object.fromEntries(Object.entries(response.headers).map(([key, values]) => [key.toLowerCase(), values.join(', ')])),
        }))
    })
}

const CHAT_FOLDERS = [
  'openai/chat',
  'openai-compatible/chat',
  'deepseek/chat',
  'groq',
  'mistral',
  'perplexity',
  'moonshotai',
  'alibaba',
  'xai',
]

/** Answers of every vendor that speaks OpenAI's chat dialect. */
export function chatAnswers(): RecordedAnswer[] {
  return CHAT_FOLDERS.flatMap((folder) => {
    const path = join(RECORDED ?? '', folder)
    if (!existsSync(path)) return []
    return readdirSync(path)
      .filter(isAnswer)
      .map((name) => ({ name: `${folder}/${name}`, ...read(join(path, name)) }))
  }).filter(({ body }) => body.includes('"chat.completion'))
}

function isAnswer(name: string): boolean {
  return name.endsWith('.json') || name.endsWith('.chunks.txt') || name.endsWith('.sse')
}

function read(path: string): { stream: boolean; body: string } {
  const text = readFileSync(path, 'utf8')
  if (path.endsWith('.json')) return { stream: false, body: text }
  if (path.endsWith('.sse')) return { stream: true, body: `${text.trimEnd()}\n\n` }
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `data: ${line}\n\n`)
  return { stream: true, body: `${events.join('')}data: [DONE]\n\n` }
}
