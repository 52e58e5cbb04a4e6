import type { Finding } from './finding.ts'
import { jsonOf, listOf, textOf, type Json } from './json.ts'
import { lint } from './lint.ts'
import { operationsOf, routeOf, type DesignedRoute, type Operation } from './operations.ts'
import { badReferences } from './references.ts'
import { Source } from './source.ts'
import { inOwnWords, structuralRemarks } from './words.ts'

/** What a document says of an API. */
export interface Design {
  title: string
  /** Of the API, as its author counts. */
  version: string
  /** The version of OpenAPI in which it was written. */
  openapi: string
  /** The document in the words of OpenAPI 3.1 or later, as JSON. */
  document: string
  routes: DesignedRoute[]
  /** Where it says that the service is; absolute, or relative to where the document was. */
  server: string | undefined
}

/** A document that was read: what it designs, unless something is wrong with it, and all that is to be said about it. */
export interface Reading {
  design: Design | undefined
  findings: Finding[]
}

/** More is not told: who mends these sees the others next. */
const MOST_FINDINGS = 200

/**
 * Reads an OpenAPI document in YAML or JSON, of version 2.0, 3.0, 3.1 or 3.2. It reads and fetches nothing else. Slow for large
 * documents: it belongs into a thread of its own.
 */
export function readDesign(text: string): Reading {
  const source = new Source(text)
  const remarks = source.findings.length > 0 ? [] : badReferences(source.value)
  const structural = source.findings.length > 0 || remarks.length > 0 ? [] : structuralRemarks(source.value)
  const broken = [...source.findings, ...[...remarks, ...structural].map((remark) => source.locate(remark))]
  if (broken.length > 0) return { design: undefined, findings: broken.slice(0, MOST_FINDINGS) }
  const original = jsonOf(source.value)
  const document = inOwnWords(original)
  const operations = operationsOf(document)
  const findings = lint(document, operations).map((remark) => source.locate(remark))
  const wrong = findings.some(({ level }) => level === 'error')
  // By level, and else as they stand in the document.
  const sorted = findings.toSorted((a, b) => a.line - b.line).toSorted((a, b) => Number(b.level === 'error') - Number(a.level === 'error'))
  return { design: wrong ? undefined : designOf(original, document, operations), findings: sorted.slice(0, MOST_FINDINGS) }
}

function designOf(original: Json, document: Json, operations: Operation[]): Design {
  const info = jsonOf(document['info'])
  return {
    title: textOf(info['title']) ?? '',
    version: textOf(info['version']) ?? '',
    openapi: String(original['swagger'] ?? original['openapi']),
    document: JSON.stringify(document),
    routes: operations.map(routeOf),
    server: serverOf(document),
  }
}

/** The first server, its variables filled with what they are by default. */
function serverOf(document: Json): string | undefined {
  const [server] = listOf(document['servers'])
  const url = textOf(server?.['url'])
  const variables = jsonOf(server?.['variables'])
  return url?.replace(/\{([^{}]*)\}/g, (_whole, name: string) => textOf(jsonOf(variables[name])['default']) ?? '')
}
