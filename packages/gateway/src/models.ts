import { isDenial } from '@faregate/core'
import { allowsModel } from '@faregate/identity'
import { answerJson } from './answer-json.ts'
import { authorize } from './authorize.ts'
import { known, type Shared } from './model-call.ts'
import type { Flow } from './flow.ts'
import { refuse } from './refuse.ts'

/** `GET /v1/models`, in OpenAI's shape: only what this key may call and what can be called. */
export async function serveModels(shared: Shared, flow: Flow): Promise<void> {
  const { deps, locator } = shared
  const key = await known(shared, flow)
  if (isDenial(key)) return refuse(deps, flow, key)
  const names = [...deps.snapshot().models.keys()].filter((name) => allowsModel(key, name) && !isDenial(locator.find(name)))
  const wanted = flow.inbound.path.slice('/v1/models/'.length)
  if (wanted === '') return answerJson(deps, flow, { object: 'list', data: names.toSorted().map((name) => describe(shared, name)) })
  const name = decodeName(wanted)
  const found = locator.find(name, (other) => allowsModel(key, other))
  if (isDenial(found)) return refuse(deps, flow, found)
  const refused = authorize(key, name)
  if (refused !== undefined) return refuse(deps, flow, refused)
  return answerJson(deps, flow, describe(shared, name))
}

function describe({ deps }: Shared, name: string): Record<string, unknown> {
  const owner = deps.snapshot().models.get(name)?.deployments[0]?.provider ?? name.split('/')[0]
  return { id: name, object: 'model', created: 0, owned_by: owner }
}

/** A path that is no proper percent-encoding names no model, and is looked up as it is. */
function decodeName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
