import { upgrade } from '@scalar/openapi-upgrader'
import { validate } from '@scalar/openapi-validator'
import type { Path, Remark } from './finding.ts'
import { jsonOf, pathOf, type Json } from './json.ts'

const SUPPORTED = /^(2\.0|3\.[012](\.\d+)?)$/

/** Where a document breaks the rules of its own version of OpenAPI. Its references are known to lead somewhere. */
export function structuralRemarks(value: unknown): Remark[] {
  const document = jsonOf(value)
  const member = document['swagger'] === undefined ? 'openapi' : 'swagger'
  const version = document[member]
  if (typeof version !== 'string' || !SUPPORTED.test(version)) {
    const message =
      version === undefined
        ? 'is no OpenAPI document: it has neither `openapi` nor `swagger` at its top'
        : `\`${member}: ${JSON.stringify(version).slice(0, 40)}\` is no version that is read: write "2.0", "3.0.x", "3.1.x" or "3.2.x", as text`
    return [{ level: 'error', rule: 'version-unknown', message, path: version === undefined ? [] : [member] }]
  }
  // What is handed over is a copy, because the library fills in what it finds missing.
  const { errors = [] } = validate(structuredClone(document))
  return errors.map(({ message, path }) => ({ level: 'error', rule: 'structure', message, path: placeOf(path) }))
}

/** The same document in the words of OpenAPI 3.1; one of 3.1 or later stays as it is. */
export function inOwnWords(document: Json): Json {
  if (/^3\.[12]/.test(String(document['openapi']))) return document
  return upgrade(structuredClone(document), '3.1')
}

function placeOf(path: unknown): Path {
  if (Array.isArray(path)) return path.map((part) => (typeof part === 'number' ? part : String(part)))
  return typeof path === 'string' ? (pathOf(`#${path}`) ?? []) : []
}
