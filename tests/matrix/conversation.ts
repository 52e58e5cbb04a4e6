/** The conversations of the matrix: data, one file each, with the request written once for every surface. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Scene } from '../replay/answers/scene.ts'
import type { JsonObject } from '../replay/types.ts'

export type SurfaceName = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'cohere' | 'ollama'

/** What the provider must have understood, whatever its form. */
interface Arrives {
  /** Texts, addresses and bytes that are somewhere in the request. */
  contains?: string[]
  tools?: string[]
  /** A text of each result, in order. */
  results?: string[]
  /** A schema for the answer, with these properties in this order. */
  schema?: string[]
  thinks?: boolean
}

export interface Conversation {
  name: string
  /** For the page. */
  about: string
  /** Which of a provider's models it needs. */
  model: 'plain' | 'vision' | 'structured' | 'reasoning'
  /** What the model says, request by request; after the first, the client sends back what it got, with `results`. */
  answers: Scene[]
  /** What the tool of a call gives, by the tool's name. */
  results?: Record<string, string>
  arrives: Arrives
  /** The request as a client of the surface sends it, without model and stream; or why its API has no place for it. */
  forms: Record<SurfaceName, JsonObject | string>
}

const FOLDER = join(import.meta.dirname, 'conversations')

/** One pixel, and one empty page. */
const FILES: Record<string, string> = {
  '{{png}}': 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  '{{pdf}}': Buffer.from(
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  ).toString('base64'),
}

/** Every conversation, in the order of their files. */
export function conversations(): Conversation[] {
  return readdirSync(FOLDER)
    .toSorted()
    .map((file) => ({ name: basename(file, '.json').replace(/^\d+-/, ''), ...parse(readFileSync(join(FOLDER, file), 'utf8')) }))
}

function parse(text: string): Omit<Conversation, 'name'> {
  const filled = Object.entries(FILES).reduce((sofar, [name, bytes]) => sofar.replaceAll(name, bytes), text)
  return JSON.parse(filled) as Omit<Conversation, 'name'>
}

/** The request with the mark that tells one call from all others; `{{mark}}` stands in the last words of the user. */
export function marked(form: JsonObject, mark: string): JsonObject {
  const text = JSON.stringify(form)
  if (!text.includes('{{mark}}')) throw new Error(`no {{mark}} in ${text}`)
  return JSON.parse(text.replaceAll('{{mark}}', mark)) as JsonObject
}
