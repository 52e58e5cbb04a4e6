import { isDenial } from '@faregate/core'
import { answerJson } from '../answer-json.ts'
import type { Flow } from '../flow.ts'
import { permitted, type Shared } from '../model-call.ts'
import { refuse } from '../refuse.ts'
import { requestInvalid } from '../request-invalid.ts'
import { callableModel, callableModels } from './callable.ts'
import { shapeFor } from './shapes.ts'

/** `GET /v1/models` and its like: only what this key may call and what can be called, in the shape that the client expects. */
export async function serveModels(shared: Shared, flow: Flow): Promise<void> {
  const { path, query } = flow.inbound
  const wanted = /\/models\/(?:models\/)?(.+)$/.exec(path)?.[1]
  if (wanted !== undefined) return serveModel(shared, flow, decodeName(wanted))
  const key = await permitted(shared, flow, 'list')
  if (isDenial(key)) return refuse(shared.deps, flow, key)
  return answerJson(shared.deps, flow, shapeFor(flow.inbound).list(callableModels(shared, key), query))
}

/** `POST /ollama/api/show`: the model is named in the body. */
export async function serveShow(shared: Shared, flow: Flow): Promise<void> {
  const name = nameIn(flow.inbound.body)
  if (name === undefined) return refuse(shared.deps, flow, requestInvalid('/model', '`model` must be the name of a model'))
  return serveModel(shared, flow, name)
}

async function serveModel(shared: Shared, flow: Flow, name: string): Promise<void> {
  const { deps } = shared
  const key = await permitted(shared, flow, 'list')
  if (isDenial(key)) return refuse(deps, flow, key)
  flow.step = 'endpoint'
  const model = callableModel(shared, key, name)
  if (isDenial(model)) return refuse(deps, flow, model)
  return answerJson(deps, flow, shapeFor(flow.inbound).one(model))
}

/** A path that is no proper percent-encoding names no model, and is looked up as it is. */
function decodeName(text: string): string {
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
