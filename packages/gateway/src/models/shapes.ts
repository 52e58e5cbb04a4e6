import {
  anthropicModel,
  anthropicModels,
  cohereModel,
  cohereModels,
  geminiModel,
  geminiModels,
  ollamaModel,
  ollamaModels,
} from '@faregate/wire'
import type { Inbound } from '../edge.ts'
import type { CallableModel } from './callable.ts'

/** In what form a client expects a list of models, and one of them. */
export interface ModelShape {
  list(models: CallableModel[], query: string): object
  one(model: CallableModel): object
}

const OPENAI: ModelShape = {
  list: (models) => ({ object: 'list', data: models.map(openaiModel) }),
  one: openaiModel,
}

const ANTHROPIC: ModelShape = {
  list: (models, query) => {
    const parameters = new URLSearchParams(query)
    const [limit, afterId, beforeId] = ['limit', 'after_id', 'before_id'].map((name) => parameters.get(name))
    return anthropicModels(models.map(plain), {
      ...(limit != null && /^\d{1,9}$/.test(limit) ? { limit: Number(limit) } : {}),
      ...(afterId == null ? {} : { afterId }),
      ...(beforeId == null ? {} : { beforeId }),
    })
  },
  one: (model) => anthropicModel(plain(model)),
}

const GEMINI: ModelShape = { list: geminiModels, one: geminiModel }
const COHERE: ModelShape = { list: cohereModels, one: cohereModel }

const OLLAMA: ModelShape = {
  list: (models) => ollamaModels(models.map(ollamaFacts)),
  one: (model) => ollamaModel(ollamaFacts(model)),
}

/** By path, and where vendors share one by what their clients send. Otherwise OpenAI's. */
export function shapeFor({ path, headers }: Pick<Inbound, 'path' | 'headers'>): ModelShape {
  if (path.startsWith('/ollama/')) return OLLAMA
  if (path.startsWith('/v1beta/') || headers['x-goog-api-key'] !== undefined) return GEMINI
  if (headers['anthropic-version'] !== undefined) return ANTHROPIC
  return /^cohere/i.test(String(headers['x-fern-sdk-name'] ?? '')) ? COHERE : OPENAI
}

function openaiModel({ id, owner }: CallableModel): object {
  return { id, object: 'model', created: 0, owned_by: owner }
}

function plain({ id }: CallableModel): { id: string } {
  return { id }
}

function ollamaFacts({ id, embeds }: CallableModel): { name: string; capabilities: string[] } {
  return { name: id, capabilities: embeds ? ['embedding'] : ['completion', 'tools'] }
}
