import { ApiError, type Client } from '@faregate/contract'
import { Failure } from '../command.ts'
import { compare, type Comparison } from './compare.ts'
import type { Folder, Placed } from './folder.ts'
import { readInForce, type InForce } from './in-force.ts'
import { KINDS } from './kinds/index.ts'
import type { Writing } from './kind.ts'
import type { Members } from './shape.ts'
import { formatPath, type Finding } from './source.ts'

export interface Asked {
  prune: boolean
  override: Writing['override']
  replaceDrafts: boolean
  say: Writing['say']
}

/** A folder beside what is in force: everything is checked that can be without a change. */
export interface Checked {
  inForce: InForce
  comparison: Comparison
  writing: Writing
}

/** Compares a folder with what is in force. @throws Failure with everything that is wrong, each with file, line, member and mend */
export async function checked({ entries, findings }: Folder, client: Client, { prune, ...asked }: Asked): Promise<Checked> {
  refuse(findings)
  const named = new Set<string>(entries.map(({ kind }) => kind))
  const inForce = await readInForce(client, prune ? KINDS : KINDS.filter(({ name }) => named.has(name) || name === 'organizations'))
  refuse(unseen(entries, inForce))
  const texts = await keptDocuments(entries, client)
  refuse(strangers(entries, inForce))
  const comparison = compare(entries, inForce, prune)
  refuse(comparison.findings)
  const writing: Writing = { client, names: inForce.names, ...asked, documentOf: (id) => texts.get(id) }
  refuse(await refusedByGateway(comparison, writing))
  return { inForce, comparison, writing }
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length === 0) return
  const lines = findings.map(({ place, path, problem, fix }) => `${place} ${path === '' ? '' : `${path}: `}${problem} → ${fix}`)
  throw new Failure(`${lines.join('\n')}\nNothing was changed.`)
}

/** What the folder holds and the token may not see cannot be compared. */
function unseen(entries: readonly Placed[], inForce: InForce): Finding[] {
  return inForce.unseen.flatMap(({ name }) => {
    const first = entries.find(({ kind }) => kind === name)
    if (first === undefined) return []
    const fix = `take a token with ${name}:read and ${name}:write, or take them out of the folder`
    return [{ place: first.placeOf(), path: first.path, problem: `the token may not see ${name}`, fix }]
  })
}

/** Has each document read by the gateway, and names it as the gateway does; the text of each by that name. */
async function keptDocuments(entries: readonly Placed[], client: Client): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  const findings: Finding[] = []
  for (const { value, document, placeOf, path } of entries) {
    if (document === undefined) continue
    const read = await client.checkDocument({ body: { document } })
    if (read.documentId !== null) {
      texts.set(read.documentId, document)
      value['document'] = read.documentId
      continue
    }
    const file = String(value['document'])
    for (const { level, line, column, message } of read.findings.filter((one) => one.level === 'error'))
      findings.push({
        place: placeOf(['document']),
        path: `${path}.document`,
        problem: `${file}:${line}:${column}: ${level}: ${message}`,
        fix: 'mend the document',
      })
  }
  refuse(findings)
  return texts
}

/** Names of what is neither in the folder nor in force. */
function strangers(entries: readonly Placed[], { names, known, unseen: hidden }: InForce): Finding[] {
  const inFolder = (kind: string, name: string) => entries.some((one) => one.kind === kind && one.name === name)
  const organizations = entries.flatMap((entry) =>
    organizationsIn(entry).flatMap(([path, name]): Finding[] => {
      const clear = inFolder('organizations', name) || names.find(name) !== undefined
      const doubtful = names.doubtful.includes(name)
      if (clear && !doubtful) return []
      const problem = doubtful ? `several organizations are called "${name}"` : `there is no organization "${name}"`
      return [finding(entry, path, problem, doubtful ? 'rename one of them' : 'write it into the folder, or create it')]
    }),
  )
  const seen = known.get('providers')
  if (hidden.some(({ name }) => name === 'providers') || seen === undefined) return organizations
  const providers = entries
    .filter(({ kind }) => kind === 'models')
    .flatMap((entry) =>
      (entry.value['deployments'] as { provider: string }[]).flatMap(({ provider }, index): Finding[] => {
        if (inFolder('providers', provider) || seen.some(({ name }) => name === provider)) return []
        const problem = `there is no provider "${provider}"`
        return [finding(entry, ['deployments', index, 'provider'], problem, 'write it into the folder, or connect it')]
      }),
    )
  return [...organizations, ...providers]
}

function organizationsIn({ kind, name, within, value }: Placed): [path: (string | number)[], name: string][] {
  const { organization, listing } = value as { organization?: string; listing?: { invited?: string[] } }
  return [
    ...(kind === 'organizations' ? [[[], name] as [string[], string]] : []),
    ...(within === undefined ? [] : [[[], within] as [string[], string]]),
    ...(organization === undefined ? [] : [[['organization'], organization] as [string[], string]]),
    ...(listing?.invited ?? []).map((one, index): [(string | number)[], string] => [['listing', 'invited', index], one]),
  ]
}

function finding({ placeOf, path: start }: Placed, path: (string | number)[], problem: string, fix: string): Finding {
  return { place: placeOf(path), path: path.length === 0 ? start : `${start}.${formatPath(path)}`, problem, fix }
}

/** What the gateway says against changes before they are made. */
async function refusedByGateway({ changes }: Comparison, writing: Writing): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { kind, wanted, known } of changes) {
    if (wanted === undefined || kind.check === undefined) continue
    const said = await refusalOf(kind.check(writing, wanted, known))
    if (said !== undefined) findings.push({ place: wanted.placeOf(said.at), path: wanted.path, problem: said.problem, fix: said.fix })
  }
  return findings
}

async function refusalOf(asked: Promise<void>): Promise<{ at: (string | number)[]; problem: string; fix: string } | undefined> {
  try {
    await asked
    return undefined
  } catch (error) {
    if (error instanceof Failure) return { at: [], problem: error.message, fix: error.fix ?? 'mend it' }
    if (!(error instanceof ApiError) || error.problem.status >= 500 || error.problem.status === 401) throw error
    const [first] = (error.problem['errors'] ?? []) as Members[]
    const pointer = typeof first?.['pointer'] === 'string' ? first['pointer'] : ''
    const at = pointer
      .split('/')
      .filter((part) => part !== '')
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    return { at, problem: error.problem.detail, fix: 'mend it at that place' }
  }
}
