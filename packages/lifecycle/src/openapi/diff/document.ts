import type { Json } from '../json.ts'
import { operationsOf, routePathOf, shapeOf, type Operation } from '../operations.ts'
import { added, removed, type ApiChange } from './change.ts'
import { operationChanges } from './operation.ts'

/** In what two documents differ to whoever calls the API, what breaks first. Both are in the words of OpenAPI 3.1. */
export function documentChanges(before: Json, after: Json): ApiChange[] {
  const [was, is] = [byShape(before), byShape(after)]
  const documents = { before, after }
  const changes = [...new Set([...was.keys(), ...is.keys()])].flatMap((shape): ApiChange[] => {
    const [old, now] = [was.get(shape), is.get(shape)]
    if (old === undefined) return now === undefined ? [] : [added(`${now.method} ${now.path}`, 'the operation')]
    if (now === undefined) return [removed(`${old.method} ${old.path}`, 'the operation')]
    return operationChanges({ before: old, after: now, documents })
  })
  return changes.toSorted((a, b) => Number(b.breaking) - Number(a.breaking))
}

function byShape(document: Json): Map<string, Operation> {
  return new Map(operationsOf(document).map((operation) => [shapeOf(operation.method, routePathOf(operation.path)), operation]))
}
