import { isDenial, type Denial } from '@faregate/core'
import { answerJson } from '../answer-json.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { permitted, type Shared } from '../model-call.ts'
import { refuse } from '../refuse.ts'
import { requestInvalid } from '../request-invalid.ts'
import { callableModel, callableModels, type CallableModel } from './callable.ts'
import { shapeFor } from './shapes.ts'

/** The models that a list is made of. */
export interface ModelBook {
  list(): CallableModel[]
  one(name: string): CallableModel | Denial
}

/** `GET /v1/models` and its like: only what this key may call and what can be called. */
export async function serveModels(shared: Shared, flow: Flow): Promise<void> {
  const { deps } = shared
  const key = await permitted(shared, flow, 'list')
  if (isDenial(key)) return refuse(deps, flow, key)
  const book: ModelBook = { list: () => callableModels(shared, key), one: (name) => callableModel(shared, key, name) }
  return answerModels(deps, flow, book, flow.inbound.path)
}

/** Lists models or describes one, as the path and the body say, in the shape that the client expects. */
export function answerModels(deps: GatewayDeps, flow: Flow, book: ModelBook, path: string): Promise<void> {
  const { query, headers, body } = flow.inbound
  const shape = shapeFor({ path, headers })
  const name = isShow(path) ? nameIn(body) : nameAt(path)
  if (name === undefined && isShow(path)) return refuse(deps, flow, requestInvalid('/model', '`model` must be the name of a model'))
  if (name === undefined) return answerJson(deps, flow, shape.list(book.list(), query))
  flow.step = 'endpoint'
  const model = book.one(name)
  return isDenial(model) ? refuse(deps, flow, model) : answerJson(deps, flow, shape.one(model))
}

/** Ollama's: the model is named in the body. */
function isShow(path: string): boolean {
  return path === '/ollama/api/show'
}

/** A path that is no proper percent-encoding names no model, and is looked up as it is. */
function nameAt(path: string): string | undefined {
  const text = /\/models\/(?:models\/)?(.+)$/.exec(path)?.[1]
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Older clients say `name`. */
function nameIn(body: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    const { model, name } = (value ?? {}) as { model?: unknown; name?: unknown }
    const told = model ?? name
    return typeof told === 'string' && told !== '' ? told : undefined
  } catch {
    return undefined
  }
}
