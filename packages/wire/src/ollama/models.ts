import { createHash } from 'node:crypto'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'

/** A model as far as Ollama's lists tell of it. */
export interface OllamaModel {
  name: string
  /** Seconds since 1970. */
  created?: number
  /** What it can do, in Ollama's words: `completion`, `tools`, `vision`, `thinking`, `embedding`, `insert`. */
  capabilities?: string[]
  /** Tokens. */
  contextLength?: number
}

/** What nobody but the host of the weights knows; clients expect the members. */
const DETAILS = { parent_model: '', format: '', family: '', families: [], parameter_size: '', quantization_level: '' }

/** The answer of `GET /api/tags` (documentation: API reference, List models). */
export function tags(models: readonly OllamaModel[]): { models: JsonObject[] } {
  return {
    models: models.map(({ name, created }) => ({
      name: tagged(name),
      model: tagged(name),
      modified_at: timeOf(created),
      size: 0,
      // Clients show its first characters: it stands for the name, for there are no weights here.
      digest: createHash('sha256').update(name).digest('hex'),
      details: DETAILS,
    })),
  }
}

/** The answer of `POST /api/show` (documentation: API reference, Show model details). */
export function show({ created, capabilities, contextLength }: OllamaModel): JsonObject {
  const info = contextLength === undefined ? {} : { 'general.architecture': 'model', 'model.context_length': contextLength }
  return {
    parameters: '',
    template: '',
    details: DETAILS,
    model_info: info,
    capabilities: capabilities ?? ['completion'],
    modified_at: timeOf(created),
  }
}

/** The models of an upstream, by its answer to `GET /api/tags`; undefined if it is none. */
export function readTags(body: Buffer): OllamaModel[] | undefined {
  const models = parseObject(body.toString('utf8'))?.['models']
  if (!Array.isArray(models)) return undefined
  return models.filter(isObject).flatMap(({ model, name, modified_at: modified }) => {
    const called = typeof model === 'string' ? model : name
    const time = typeof modified === 'string' ? Date.parse(modified) : Number.NaN
    if (typeof called !== 'string') return []
    return [{ name: called, ...(Number.isNaN(time) ? {} : { created: Math.floor(time / 1000) }) }]
  })
}

/** What an upstream tells of a model in its answer to `POST /api/show`; undefined if it is none. */
export function readShow(body: Buffer): Pick<OllamaModel, 'capabilities' | 'contextLength'> | undefined {
  const answer = parseObject(body.toString('utf8'))
  const info = answer?.['model_info']
  if (answer === undefined || !isObject(info)) return undefined
  const { capabilities } = answer
  const length = Object.entries(info).find(([name]) => name.endsWith('.context_length'))?.[1]
  return {
    ...(Array.isArray(capabilities) ? { capabilities: capabilities.filter((word) => typeof word === 'string') } : {}),
    ...(typeof length === 'number' ? { contextLength: length } : {}),
  }
}

/** Ollama tells no name without its tag, and clients such as Open WebUI look models up by both. */
function tagged(name: string): string {
  return name.includes(':') ? name : `${name}:latest`
}

function timeOf(created = 0): string {
  return new Date(created * 1000).toISOString()
}
