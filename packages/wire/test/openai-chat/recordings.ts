import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const folder = process.env['FAREGATE_RECORDED']

/** Why tests of recordings are skipped; false where there are some. */
export const recordingsMissing =
  folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of a real provider is replayed' : false

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

export type Json = Record<string, unknown>

export interface Recorded<T> {
  name: string
  content: T
}

function files(place: string, ending: string): Recorded<string>[] {
  if (folder === undefined) return []
  return readdirSync(join(folder, place), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('responses'))
    .map((name) => ({ name: `${place}/${name}`, content: readFileSync(join(folder, place, name), 'utf8') }))
}

interface Exchange {
  interactions: { request: { body: string; url: string }; response: { body: string; status: string } }[]
}

/** Whole exchanges with OpenAI at this path. */
export function exchanges(path: string): Recorded<{ request: Json; status: number; response: string }>[] {
  return files('openai-exchanges', '.yaml').flatMap(({ name, content }) =>
    (parse(content) as Exchange).interactions
      .filter(({ request }) => request.url.endsWith(path))
      .map(({ request, response }) => ({
        name,
        content: { request: JSON.parse(request.body) as Json, status: Number.parseInt(response.status, 10), response: response.body },
      })),
  )
}

/** Streams of vendors of this dialect, as the data of their events; of OpenAI's exchanges at this path, too. */
export function streams(path: string, places = VENDORS): Recorded<string[]>[] {
  const lines = places.flatMap((place) => files(place, '.chunks.txt')).map(({ name, content }) => ({ name, content: linesOf(content) }))
  const framed = [
    ...places.flatMap((place) => files(place, '.sse')),
    ...exchanges(path).map(({ name, content }) => ({ name, content: content.response })),
  ].filter(({ content }) => content.startsWith('data:'))
  return [...lines, ...framed.map(({ name, content }) => ({ name, content: dataOf(content) }))]
}

/** Whole answers of the same. */
export function answers(path: string, places = VENDORS): Recorded<string>[] {
  const bodies = [
    ...places.flatMap((place) => files(place, '.json')),
    ...exchanges(path).map(({ name, content }) => ({ name, content: content.response })),
  ]
  return bodies.filter(({ content }) => content.startsWith('{') && Array.isArray((JSON.parse(content) as Json)['choices']))
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function dataOf(text: string): string[] {
  return linesOf(text)
    .filter((line) => line.startsWith('data: {'))
    .map((line) => line.slice(6))
}
