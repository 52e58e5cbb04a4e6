import { readFileSync } from 'node:fs'
import { MOST_DOCUMENT_BYTES } from '@faregate/contract/api-design'
import { createDocuments } from '@faregate/lifecycle'
import type { Finding, Place } from './finding.ts'
import { loadConfiguration, type Loaded } from './load.ts'
import { relativeTo, type Kinds } from './meaning.ts'

/** A configuration that can be served, with the OpenAPI documents that its APIs name, as they are kept, by API. */
export type Complete = (Extract<Loaded, { ok: true }> & { documents: ReadonlyMap<string, string> }) | Extract<Loaded, { ok: false }>

/** {@link loadConfiguration}, and the files that it names: each is read in a thread of its own, and nothing that it refers to is. */
export async function loadWithDocuments(file: string | undefined, environment: NodeJS.ProcessEnv, kinds: Kinds): Promise<Complete> {
  const loaded = loadConfiguration(file, environment, kinds)
  if (!loaded.ok) return loaded
  const documents = new Map<string, string>()
  const wrong: Finding[] = []
  for (const [name, { document }] of Object.entries(loaded.configuration.apis)) {
    if (document === undefined) continue
    const read = await readDocument(relativeTo(file, document), document)
    if ('text' in read) documents.set(name, read.text)
    else wrong.push(...read.said.map((said) => finding(loaded.placeOf(['apis', name, 'document']), `apis.${name}.document`, said)))
  }
  return wrong.length === 0 ? { ...loaded, documents } : { ok: false, findings: [...loaded.findings, ...wrong] }
}

type Said = Pick<Finding, 'problem' | 'fix'>

async function readDocument(path: string, named: string): Promise<{ text: string } | { said: Said[] }> {
  let sent: string
  try {
    sent = readFileSync(path, 'utf8')
  } catch {
    return { said: [{ problem: `the file ${named} cannot be read`, fix: 'name an OpenAPI document, relative to the configuration file' }] }
  }
  if (Buffer.byteLength(sent) > MOST_DOCUMENT_BYTES)
    return { said: [{ problem: `the file ${named} is larger than ${MOST_DOCUMENT_BYTES} bytes`, fix: 'divide it' }] }
  const { design, findings } = await createDocuments().read(sent)
  if (design !== undefined) return { text: design.document }
  const errors = findings.filter(({ level }) => level === 'error')
  return {
    said: errors.map(({ line, column, message }) => ({
      problem: `${named}:${line}:${column}: ${message}`,
      fix: 'mend the document there',
    })),
  }
}

function finding(place: Place | undefined, path: string, said: Said): Finding {
  return { severity: 'error', ...(place === undefined ? {} : { place }), path, ...said }
}
