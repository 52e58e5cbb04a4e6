import { readFile } from 'node:fs/promises'
import { Failure, UsageError } from './command.ts'
import { table } from './output.ts'

interface Finding {
  level: string
  rule: string
  message: string
  line: number
  column: number
}

interface Change {
  kind: string
  breaking: boolean
  at: string
  what: string
}

/** An OpenAPI document as the management API takes it: the text of a file, or of the standard input, or a URL that it fetches. */
export async function documentOf(source: string | undefined): Promise<{ document: string } | { url: string }> {
  if (source === undefined) throw new UsageError('say where the OpenAPI document is: a file, a URL, or - for the standard input')
  if (/^https?:\/\//.test(source)) return { url: source }
  return { document: await textOf(source) }
}

/** The text of a file, or of the standard input. */
export async function textOf(file: string): Promise<string> {
  if (file === '-') return standardInput()
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** What is to be said about a document, as compilers say it: `openapi.yaml:12:5: warning: … (rule)`. */
export function findingLines(source: string, findings: Finding[]): string {
  return findings.map(({ level, rule, message, line, column }) => `${source}:${line}:${column}: ${level}: ${message} (${rule})`).join('\n')
}

/** In what two documents differ. */
export function changeTable(changes: Change[]): string {
  const rows = changes.map(({ kind, breaking, at, what }) => [breaking ? 'breaking' : '', kind, at, what])
  return table(['', 'change', 'where', 'what'], rows, 'Callers notice no difference.')
}
