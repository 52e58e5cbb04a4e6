import { jsonOf, resolved, type Json } from '../json.ts'
import type { Operation } from '../operations.ts'
import { added, changed, removed, type ApiChange, type Direction } from './change.ts'
import { schemaChanges } from './schema.ts'

/** The same operation in two documents. */
export interface OperationPair {
  before: Operation
  after: Operation
  documents: { before: Json; after: Json }
}

/** In what an operation differs: what it takes, what it answers, and what is said of it. */
export function operationChanges(pair: OperationPair): ApiChange[] {
  return [...parameterChanges(pair), ...bodyChanges(pair), ...answerChanges(pair), ...documentationChanges(pair)]
}

function nameOf({ after: { method, path } }: OperationPair): string {
  return `${method} ${path}`
}

function parameterChanges(pair: OperationPair): ApiChange[] {
  const [was, is] = [parametersOf(pair.before), parametersOf(pair.after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): ApiChange[] => {
    const at = `${nameOf(pair)}, ${key}`
    const [before, after] = [was.get(key), is.get(key)]
    if (before === undefined) {
      const needed = after?.['required'] === true
      return [added(at, needed ? 'a required parameter' : 'a parameter', needed)]
    }
    if (after === undefined) return [removed(at, 'the parameter')]
    const [needed, needs] = [before['required'] === true, after['required'] === true]
    const requirement = needed === needs ? [] : [changed(at, needs ? 'it is required now' : 'it may be left out now', needs)]
    return [
      ...requirement,
      ...schemaChanges({ before: schemaOf(before), after: schemaOf(after), documents: pair.documents, direction: 'request', at }),
    ]
  })
}

/** By place and name; those of the path by their position, because what they are called tells nobody anything. */
function parametersOf({ path, parameters }: Operation): Map<string, Json> {
  const order = [...path.matchAll(/\{([^{}/]*)\}/g)].map(([, name]) => name)
  return new Map(
    parameters.map((one) => {
      const [place, name] = [String(one['in']), String(one['name'])]
      return [place === 'path' ? `path parameter ${order.indexOf(name) + 1}` : `${place} parameter ${name}`, one]
    }),
  )
}

/** A parameter has a schema, or one media type that has it. */
function schemaOf(parameter: Json): Json {
  const [media] = Object.values(jsonOf(parameter['content']))
  return jsonOf(parameter['schema'] ?? jsonOf(media)['schema'])
}

function bodyChanges(pair: OperationPair): ApiChange[] {
  const at = `${nameOf(pair)}, body`
  const { documents } = pair
  const [was, is] = [pair.before.value['requestBody'], pair.after.value['requestBody']]
  if (was === undefined && is === undefined) return []
  const [before, after] = [resolved(documents.before, was), resolved(documents.after, is)]
  if (was === undefined) return [added(at, 'a body', after['required'] === true)]
  if (is === undefined) return [removed(at, 'the body')]
  const [needed, needs] = [before['required'] === true, after['required'] === true]
  const requirement = needed === needs ? [] : [changed(at, needs ? 'it is required now' : 'it may be left out now', needs)]
  return [...requirement, ...contentChanges(before, after, documents, 'request', at)]
}

function answerChanges(pair: OperationPair): ApiChange[] {
  const { documents } = pair
  const [was, is] = [jsonOf(pair.before.value['responses']), jsonOf(pair.after.value['responses'])]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((status): ApiChange[] => {
    const at = `${nameOf(pair)}, answer ${status}`
    if (!Object.hasOwn(was, status)) return [added(at, 'an answer')]
    if (!Object.hasOwn(is, status)) return [removed(at, 'the answer', /^[23]/.test(status))]
    return contentChanges(resolved(documents.before, was[status]), resolved(documents.after, is[status]), documents, 'answer', at)
  })
}

function contentChanges(before: Json, after: Json, documents: OperationPair['documents'], direction: Direction, at: string): ApiChange[] {
  const [was, is] = [jsonOf(before['content']), jsonOf(after['content'])]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((type): ApiChange[] => {
    if (!Object.hasOwn(was, type)) return [added(at, `the type ${type}`)]
    if (!Object.hasOwn(is, type)) return [removed(at, `the type ${type}`)]
    const schemas = { before: jsonOf(jsonOf(was[type])['schema']), after: jsonOf(jsonOf(is[type])['schema']) }
    const place = direction === 'request' ? at : `${at}, body`
    return schemaChanges({ ...schemas, documents, direction, at: place })
  })
}

function documentationChanges(pair: OperationPair): ApiChange[] {
  const { before, after } = pair
  const deprecated = before.value['deprecated'] !== true && after.value['deprecated'] === true
  return [
    ...['summary', 'description', 'operationId'].flatMap((name): ApiChange[] =>
      before.value[name] === after.value[name]
        ? []
        : [{ kind: 'documentation', breaking: false, at: nameOf(pair), what: `another ${name}` }],
    ),
    ...(deprecated ? [{ kind: 'documentation', breaking: false, at: nameOf(pair), what: 'it is deprecated now' } as const] : []),
  ]
}
