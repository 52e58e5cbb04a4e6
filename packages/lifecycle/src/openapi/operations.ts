import { API_METHODS, type ApiMethod } from '@faregate/core'
import type { Path } from './finding.ts'
import { isJson, jsonOf, listOf, resolved, type Json } from './json.ts'

/** One operation of a document in the words of OpenAPI 3.1. */
export interface Operation {
  method: ApiMethod
  /** As the document writes it. */
  path: string
  /** Where it stands. */
  at: Path
  value: Json
  /** Its own, and those of its path that it does not replace; references followed. */
  parameters: Json[]
}

/** Methods that the document may describe, and that no route takes. */
export const UNSERVED_METHODS = ['head', 'options', 'trace', 'query', 'connect']

/** Every operation that a route can serve, in the order of the document. */
export function operationsOf(document: Json): Operation[] {
  return Object.entries(jsonOf(document['paths'])).flatMap(([path, value]) => {
    const item = resolved(document, value)
    return API_METHODS.flatMap((method): Operation[] => {
      const operation = item[method.toLowerCase()]
      if (!isJson(operation)) return []
      const parameters = merged(document, item['parameters'], operation['parameters'])
      return [{ method, path, at: ['paths', path, method.toLowerCase()], value: operation, parameters }]
    })
  })
}

function merged(document: Json, ofPath: unknown, own: unknown): Json[] {
  const parameters = [...listOf(ofPath), ...listOf(own)].map((one) => resolved(document, one))
  return [...new Map(parameters.map((one) => [`${String(one['in'])} ${String(one['name'])}`, one])).values()]
}

/** The path of the route that serves an operation: names of parameters as routes write them, without a slash at the end. */
export function routePathOf(path: string): string {
  const named = path.replace(
    /\{([^{}/]*)\}/g,
    (_whole, name: string) => `{${name.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(?![A-Za-z_])/, '_')}}`,
  )
  return named === '/' ? named : named.replace(/\/+$/, '')
}

/** The same for all paths that the same requests fit: what a parameter is called tells nothing apart. */
export function shapeOf(method: string, path: string): string {
  return `${method} ${path.replace(/\{[^{}/]*\}/g, '{}')}`
}

/** A route as a document describes it; what a call costs is nobody's but the publisher's. */
export interface DesignedRoute {
  method: ApiMethod
  path: string
  /** The document says that it goes. */
  deprecated?: true
}

/** The routes that a document in our words describes. */
export function designedRoutes(document: Json): DesignedRoute[] {
  return operationsOf(document).map(routeOf)
}

export function routeOf({ method, path, value }: Operation): DesignedRoute {
  return { method, path: routePathOf(path), ...(value['deprecated'] === true ? { deprecated: true } : {}) }
}
