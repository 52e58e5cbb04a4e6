import { isLinear } from '../contract/linear.ts'
import { isRoutePath } from '../definition.ts'
import { error, type Path, type Remark } from './finding.ts'
import { isJson, jsonOf, listOf, resolved, textOf, type Json } from './json.ts'
import { routePathOf, shapeOf, UNSERVED_METHODS, type Operation } from './operations.ts'

type Rule = (document: Json, operations: Operation[]) => Remark[]

/** What is to be said about a document that is valid: what would surprise whoever serves, calls or reads it. */
export function lint(document: Json, operations: Operation[]): Remark[] {
  return RULES.flatMap((rule) => rule(document, operations))
}

const nothingToCall: Rule = (_document, operations) =>
  operations.length > 0 ? [] : [error('no-operations', 'describes nothing that could be called', ['paths'])]

const repeatedIds: Rule = (_document, operations) => {
  const first = new Map<string, Operation>()
  return operations.flatMap((operation) => {
    const id = textOf(operation.value['operationId'])
    if (id === undefined)
      return [warning('operation-id-missing', `${nameOf(operation)} has no operationId: nothing can name it`, operation.at)]
    const other = first.get(id)
    if (other === undefined) {
      first.set(id, operation)
      return []
    }
    return [error('operation-id-repeated', `the operationId \`${id}\` is that of ${nameOf(other)}, too`, [...operation.at, 'operationId'])]
  })
}

const undocumented: Rule = (_document, operations) =>
  operations
    .filter(({ value }) => textOf(value['summary']) === undefined && textOf(value['description']) === undefined)
    .map((operation) => warning('undocumented', `${nameOf(operation)} has neither a summary nor a description`, operation.at))

/** Parameters of the path that are not described, and described ones that are not in it. */
const pathParameters: Rule = (_document, operations) =>
  operations.flatMap((operation) => {
    const inPath = new Set([...operation.path.matchAll(/\{([^{}/]*)\}/g)].map(([, name]) => name))
    const described = operation.parameters.filter((one) => one['in'] === 'path').map((one) => String(one['name']))
    const missing = [...inPath].filter((name) => !described.includes(name ?? ''))
    const strange = described.filter((name) => !inPath.has(name))
    return [
      ...missing.map((name) =>
        error('path-parameter-missing', `${nameOf(operation)} does not describe its parameter {${name}}`, operation.at),
      ),
      ...strange.map((name) =>
        error('path-parameter-unknown', `the path of ${nameOf(operation)} has no parameter {${name}}`, operation.at),
      ),
    ]
  })

const paths: Rule = (_document, operations) => {
  const first = new Map<string, Operation>()
  return operations.flatMap((operation) => {
    const path = routePathOf(operation.path)
    const at = operation.at.slice(0, 2)
    if (!isRoutePath(path))
      return [
        error('path-unserved', `\`${operation.path}\` is no path of a route: a parameter fills a whole segment, like /files/{name}`, at),
      ]
    const shape = shapeOf(operation.method, path)
    const other = first.get(shape)
    first.set(shape, other ?? operation)
    return other === undefined ? [] : [error('path-ambiguous', `the same requests fit ${nameOf(other)} and ${nameOf(operation)}`, at)]
  })
}

const unservedMethods: Rule = (document) =>
  Object.entries(jsonOf(document['paths'])).flatMap(([path, value]) => {
    const item = resolved(document, value)
    return UNSERVED_METHODS.filter((method) => isJson(item[method]) && (method !== 'head' || !isJson(item['get']))).map((method) =>
      warning('method-unserved', `${method.toUpperCase()} ${path} becomes no route: no route takes that method`, ['paths', path, method]),
    )
  })

const answers: Rule = (document, operations) =>
  operations.flatMap((operation) => {
    const responses = jsonOf(operation.value['responses'])
    const good = Object.keys(responses).filter((status) => /^(2|3|default)/.test(status))
    if (good.length === 0) return [warning('no-success', `${nameOf(operation)} describes no answer that is a success`, operation.at)]
    return good.flatMap((status) => emptyMedia(document, operation, status, responses[status]))
  })

function emptyMedia(document: Json, operation: Operation, status: string, response: unknown): Remark[] {
  return Object.entries(jsonOf(resolved(document, response)['content'])).flatMap(([type, media]) => {
    const { schema, example, examples } = jsonOf(media)
    if (schema !== undefined || example !== undefined || examples !== undefined) return []
    const message = `${nameOf(operation)} says nothing of its ${status} ${type}: neither a schema nor an example`
    return [warning('answer-unknown', message, [...operation.at, 'responses', status])]
  })
}

const bodies: Rule = (_document, operations) =>
  operations
    .filter(({ method, value }) => (method === 'GET' || method === 'DELETE') && value['requestBody'] !== undefined)
    .map((operation) =>
      warning('unusual-body', `${nameOf(operation)} describes a body, which many clients and proxies do not send`, [
        ...operation.at,
        'requestBody',
      ]),
    )

const repeatedParameters: Rule = (document, operations) =>
  operations.flatMap((operation) => {
    const seen = new Set<string>()
    return listOf(operation.value['parameters']).flatMap((one, index) => {
      const { in: place, name } = resolved(document, one)
      const key = `${String(place)} ${String(name)}`
      if (!seen.has(key)) {
        seen.add(key)
        return []
      }
      return [
        error('parameter-repeated', `${nameOf(operation)} has its ${String(place)} parameter \`${String(name)}\` twice`, [
          ...operation.at,
          'parameters',
          index,
        ]),
      ]
    })
  })

/** Said where it is written: whoever has calls compared with the document would look for it in vain. */
const patterns: Rule = (document) => {
  const remarks: Remark[] = []
  const open: { value: unknown; path: Path }[] = [
    { value: document['components'], path: ['components'] },
    { value: document['paths'], path: ['paths'] },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next
    if (Array.isArray(value)) value.forEach((item, index) => open.push({ value: item, path: [...path, index] }))
    else if (isJson(value)) {
      const { pattern } = value
      if (typeof pattern === 'string' && path.at(-1) !== 'properties' && !isLinear(pattern))
        remarks.push(
          warning('pattern-unchecked', 'is a pattern that calls are not compared with: it looks ahead or back, or is none', [
            ...path,
            'pattern',
          ]),
        )
      for (const [name, member] of Object.entries(value)) open.push({ value: member, path: [...path, name] })
    }
  }
  return remarks
}

const RULES: Rule[] = [
  nothingToCall,
  repeatedIds,
  undocumented,
  pathParameters,
  repeatedParameters,
  paths,
  unservedMethods,
  answers,
  bodies,
  patterns,
]

function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`
}

function warning(rule: string, message: string, path: Path): Remark {
  return { level: 'warning', rule, message, path }
}
