import type { JsonObject } from '../json/object.ts'

/** A model that a caller may use. */
interface ListedModel {
  id: string
  embeds?: boolean
}

/** `GET /v1/models/{model}` as Cohere answers it (API reference, "Get a Model"). */
export function cohereModel({ id, embeds = false }: ListedModel): JsonObject {
  const endpoints = [embeds ? 'embed' : 'chat']
  return { name: id, endpoints, default_endpoints: [], finetuned: false, context_length: 0, tokenizer_url: null, features: null }
}

/** `GET /v1/models` as Cohere answers it. */
export function cohereModels(models: readonly ListedModel[]): JsonObject {
  return { models: models.map(cohereModel) }
}
