import type { JsonObject } from '../json/object.ts'
import { resourceName } from './path.ts'

/** A model that a caller may use. */
export interface ListedModel {
  id: string
  displayName?: string
  description?: string
  /** Tokens. */
  inputLimit?: number
  outputLimit?: number
  embeds?: boolean
}

const GENERATES = ['generateContent', 'streamGenerateContent', 'countTokens']
const EMBEDS = ['embedContent', 'batchEmbedContents']

const PAGE_SIZE = 50
const LARGEST_PAGE = 1_000

/** `GET /v1beta/models/{id}` (API reference, `Model`). */
export function modelOf({ id, displayName, description, inputLimit, outputLimit, embeds = false }: ListedModel): JsonObject {
  return {
    name: resourceName(id),
    version: '001',
    displayName: displayName ?? id,
    ...(description === undefined ? {} : { description }),
    ...(inputLimit === undefined ? {} : { inputTokenLimit: inputLimit }),
    ...(outputLimit === undefined ? {} : { outputTokenLimit: outputLimit }),
    supportedGenerationMethods: embeds ? EMBEDS : GENERATES,
  }
}

/** `GET /v1beta/models`: one page of the models, as `pageSize` and `pageToken` of the query ask. */
export function modelsPage(models: readonly ListedModel[], query: string): JsonObject {
  const parameters = new URLSearchParams(query)
  const size = Math.min(LARGEST_PAGE, wholeNumber(parameters.get('pageSize')) ?? PAGE_SIZE)
  const from = wholeNumber(parameters.get('pageToken')) ?? 0
  const next = from + size
  return {
    models: models.slice(from, next).map(modelOf),
    ...(next < models.length ? { nextPageToken: String(next) } : {}),
  }
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
