/** What a path of Gemini's API names: `/v1beta/models/{model}:{method}`. */
export interface GeminiPath {
  model: string
  method: string
}

const PATH = /^\/v1(?:beta|alpha)?\/(models|tunedModels)\/(.+):([a-zA-Z]+)$/

/**
 * Reads the path of a call. The model may be percent-encoded, may hold slashes and colons, and may be named with its
 * collection (`models/…`) once more; a tuned model keeps the name of its collection. Undefined: it is none of these paths.
 */
export function parseGeminiPath(path: string): GeminiPath | undefined {
  const match = PATH.exec(decoded(path))
  const [, collection, name, method] = match ?? []
  if (name === undefined || method === undefined) return undefined
  const model = collection === 'tunedModels' ? `tunedModels/${plainModel(name)}` : plainModel(name)
  return { model, method }
}

/** The path of a method of a model, below the base URL of the vendor. */
export function geminiPath(model: string, method: string, version = 'v1beta'): string {
  const name = resourceName(model).split('/').map(encodeURIComponent).join('/')
  return `/${version}/${name}:${method}`
}

/** `models/gemini-2.5-flash`: how a model is named inside a body. */
export function resourceName(model: string): string {
  return model.startsWith('tunedModels/') ? model : `models/${plainModel(model)}`
}

/** The name without its collection. */
export function plainModel(model: string): string {
  return model.replace(/^(?:models\/)+/, '')
}

/** Whether a stream is asked for as server-sent events; else it is an array of JSON. */
export function asksForSse(query: string): boolean {
  const parameters = new URLSearchParams(query)
  return parameters.get('alt') === 'sse' || parameters.get('$alt') === 'sse'
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
