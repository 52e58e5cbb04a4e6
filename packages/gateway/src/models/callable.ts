import { isDenial, type Denial } from '@faregate/core'
import { allowsModel, type KeyEntry } from '@faregate/identity'
import { authorize } from '../authorize.ts'
import type { Route } from '../locate.ts'
import type { Shared } from '../model-call.ts'

/** A model that a key may call, as far as lists tell of it. */
export interface CallableModel {
  id: string
  /** The provider of its first deployment. */
  owner: string
  /** It makes vectors, by its name. */
  embeds: boolean
  outputLimit?: number
}

/** What this key may call and what can be called, by name. */
export function callableModels(shared: Shared, key: KeyEntry): CallableModel[] {
  const names = [...shared.deps.snapshot().models.keys()].filter((name) => allowsModel(key, name))
  return names.toSorted().flatMap((name) => {
    const model = describe(shared, name, key)
    return isDenial(model) ? [] : [model]
  })
}

/** One model, if this key may call it. */
export function callableModel(shared: Shared, key: KeyEntry, name: string): CallableModel | Denial {
  const model = describe(shared, name, key)
  if (isDenial(model)) return model
  return authorize(key, model.id) ?? model
}

function describe({ locator }: Shared, name: string, key: KeyEntry): CallableModel | Denial {
  const route = locator.find(name, (other) => allowsModel(key, other))
  return isDenial(route) ? route : described(route)
}

/** A model as lists tell of it. */
export function described({ model, candidates, maxOutput }: Route): CallableModel {
  const owner = model.deployments[0]?.provider ?? ''
  const { name: id } = model
  const embeds = /embed/i.test(id) || candidates.every(({ deployment }) => /embed/i.test(deployment.model))
  return { id, owner, embeds, ...(maxOutput === undefined ? {} : { outputLimit: maxOutput }) }
}
