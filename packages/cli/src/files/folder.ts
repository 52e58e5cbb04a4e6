import { readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { Failure } from '../command.ts'
import { KINDS } from './kinds/index.ts'
import { eachSetting } from './kinds/others.ts'
import type { Entry, Kind, KindName } from './kind.ts'
import { folderSchema, INNER } from './schema.ts'
import { Secret, type Members } from './shape.ts'
import { explained, formatPath, readSource, type Finding, type Path, type Source } from './source.ts'
import { valueOf, without } from './regular.ts'

/** Something that stands in the folder. */
export interface Placed extends Entry {
  kind: KindName
  /** Where it stands, or what is at a path within it: `apis/weather.yaml:7:13`. */
  placeOf: (path?: Path) => string
  /** `apis.weather` */
  path: string
  /** The text of its OpenAPI document, where it names one. */
  document?: string
}

export interface Folder {
  entries: Placed[]
  findings: Finding[]
}

/** Reads a folder of configuration. Nothing outside it is read. @throws Failure where it cannot be read */
export async function readFolder(directory: string, environment: NodeJS.ProcessEnv): Promise<Folder> {
  const root = await realpath(directory).catch(() => {
    throw new Failure(`There is no folder ${directory}.`, `Write one: faregate export ${directory}`)
  })
  const folder: Folder = { entries: [], findings: [] }
  for (const file of await filesOf(root)) await readInto(folder, root, file, environment)
  folder.findings.push(...repeated(folder.entries))
  return folder
}

/** Its YAML files, but for those that are hidden. */
async function filesOf(root: string): Promise<string[]> {
  const all = await readdir(root, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'))
    .filter((file) => !/\.openapi\.ya?ml$/.test(file))
    .toSorted()
}

async function readInto(folder: Folder, root: string, file: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const source = readSource(await readFile(join(root, file), 'utf8'), file, folderSchema, environment)
  folder.findings.push(...source.findings)
  const report = (path: Path, problem: string, fix: string) => {
    const said = formatPath(path)
    // What has no value is told once, by why it has none.
    if (folder.findings.some((one) => one.path === said && one.place === source.placeOf(path))) return
    folder.findings.push({ place: source.placeOf(path), path: said, problem, fix })
  }
  const secrets: Secret[] = []
  const parsed = folderSchema.safeParse(sealed(source.value, secrets))
  if (!parsed.success) {
    for (const issue of parsed.error.issues) for (const { path, problem, fix } of explained(folderSchema, issue)) report(path, problem, fix)
    return
  }
  for (const entry of entriesOf(opened(parsed.data, secrets) as Members, source)) {
    await readDocument(entry, root, file, report)
    folder.entries.push(entry)
  }
}

const MARK = '\u0001'

/** The value with a mark in the place of each secret, so that the schema sees text. */
function sealed(value: unknown, secrets: Secret[]): unknown {
  if (value instanceof Secret) return `${MARK}${secrets.push(value) - 1}`
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: unknown) => sealed(item, secrets))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, sealed(member, secrets)]))
}

function opened(value: unknown, secrets: Secret[]): unknown {
  if (typeof value === 'string' && value.startsWith(MARK)) return secrets[Number(value.slice(1))]
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: unknown) => opened(item, secrets))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, opened(member, secrets)]))
}

/** The entries of a file: settings each by themselves, and what is within organizations beside them. */
function entriesOf(file: Members, source: Source): Placed[] {
  return KINDS.flatMap((kind): Placed[] => {
    const members = file[kind.name] as Members | undefined
    if (members === undefined) return []
    if (kind.name === 'settings')
      return eachSetting(members).map(([name, value]) => placed(kind, source, ['settings', ...name.split('.')], { name, value: { value } }))
    return Object.entries(members).flatMap(([name, value]) => entryWith(kind, source, name, value as Members))
  })
}

function entryWith(kind: Kind, source: Source, name: string, value: Members): Placed[] {
  const path = [kind.name, name]
  if (kind.name !== 'organizations') return [placed(kind, source, path, { name, value: valueOf(kind, name, value) })]
  const own = placed(kind, source, path, { name, value: valueOf(kind, name, without(value, INNER)) })
  const within = KINDS.filter((inner) => INNER.includes(inner.name)).flatMap((inner) =>
    Object.entries((value[inner.name] ?? {}) as Record<string, Members>).map(([below, member]) =>
      placed(inner, source, [...path, inner.name, below], { name: below, within: name, value: valueOf(inner, below, member) }),
    ),
  )
  return [own, ...within]
}

function placed({ name: kind }: Kind, source: Source, at: Path, entry: Entry): Placed {
  return { ...entry, kind, path: formatPath(at), placeOf: (path = []) => source.placeOf([...at, ...path]) }
}

type Report = (path: Path, problem: string, fix: string) => void

/** The text of the document that an API names by its file. */
async function readDocument(entry: Placed, root: string, file: string, report: Report): Promise<void> {
  const named = entry.kind === 'apis' ? entry.value['document'] : undefined
  if (typeof named !== 'string') return
  const path = [entry.kind, entry.name, 'document']
  const wanted = resolve(root, dirname(file), named)
  const real = await realpath(wanted).catch(() => undefined)
  if (real === undefined) return report(path, `the file ${named} is not there`, `name a file relative to ${file}`)
  if (!real.startsWith(root + sep)) return report(path, `the file ${named} is outside the folder`, 'put it into the folder')
  entry.document = await readFile(real, 'utf8')
}

/** What stands in the folder twice. */
function repeated(entries: readonly Placed[]): Finding[] {
  const seen = new Map<string, Placed>()
  return entries.flatMap((entry) => {
    const first = seen.get(keyOf(entry.kind, entry))
    seen.set(keyOf(entry.kind, entry), first ?? entry)
    if (first === undefined) return []
    return [{ place: entry.placeOf(), path: entry.path, problem: `stands in ${first.placeOf()} already`, fix: 'remove one of them' }]
  })
}

/** By which two entries are the same thing. */
export function keyOf(kind: string, { name, within }: Pick<Entry, 'name' | 'within'>): string {
  return JSON.stringify([kind, within ?? null, name])
}
