import { createHash } from 'node:crypto'
import type { Finding } from '@faregate/lifecycle'
import type { AdminDeps } from './deps.ts'
import { invalid, refuse } from './refusal.ts'

/** The text of the document that was sent, or whose URL was. */
export async function sentDocument(
  deps: AdminDeps,
  { document, url }: { document?: string | undefined; url?: string | undefined },
): Promise<string> {
  if (document !== undefined && url !== undefined) return invalid('/url', 'send either `document` or `url`')
  if (document !== undefined) return document
  if (url === undefined) return invalid('/document', 'is missing: send the text of the document, or its `url`')
  const fetched = await deps.fetchDocument(url)
  return 'text' in fetched ? fetched.text : invalid('/url', `${fetched.refused}; send the text of the document instead`)
}

/** A document as it is kept, from the text that was sent: null takes it away, undefined leaves it as it is. Refuses one with errors. */
export async function readDocument({ documents }: AdminDeps, sent: string | null | undefined): Promise<string | null | undefined> {
  if (sent === undefined || sent === null) return sent
  const { design, findings } = await documents.read(sent)
  return design === undefined ? refuseDocument(findings) : design.document
}

/** Refuses a document for the errors in it, each with its line. */
export function refuseDocument(findings: Finding[]): never {
  const errors = findings.filter(({ level }) => level === 'error')
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const detail =
    first === undefined ? 'The document cannot be read.' : `Line ${first.line}, column ${first.column}: ${first.message}${more}.`
  return refuse({ code: 'document_invalid', detail, findings })
}

/** Under which a document is kept. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
