import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Client } from '@faregate/contract'
import { stringify } from 'yaml'
import { Failure } from '../command.ts'
import { isManaged, type InForce } from './in-force.ts'
import { KINDS } from './kinds/index.ts'
import type { Kind, KindName, Known } from './kind.ts'
import { INNER } from './schema.ts'
import { Secret, type Members } from './shape.ts'

const HEAD = '# Written by `faregate export`.'

/** What was written. */
export interface Written {
  files: string[]
  /** Variables that hold secrets: `faregate apply` reads them. */
  variables: string[]
}

/** Writes what is in force as a folder of files, always the same ones for the same configuration. @throws Failure over files of others */
export async function writeFolder(directory: string, inForce: InForce, client: Client): Promise<Written> {
  const variables = new Variables()
  const files = new Map<string, string>()
  for (const [file, members] of yamlFiles(inForce, variables)) files.set(file, `${HEAD}\n${stringify(members, { lineWidth: 0 })}`)
  for (const { name, value } of own(inForce, 'apis'))
    if (typeof value['document'] === 'string') files.set(documentFile(name), await documentText(client, name))
  await replace(directory, files)
  return { files: [...files.keys()], variables: variables.names }
}

function own({ known }: InForce, kind: KindName): Known[] {
  return (known.get(kind) ?? []).filter((one) => !isManaged(one))
}

function yamlFiles(inForce: InForce, variables: Variables): [string, Members][] {
  return KINDS.flatMap((kind): [string, Members][] => {
    const entries = own(inForce, kind.name).filter(({ within }) => within === undefined)
    if (kind.within !== undefined || entries.length === 0) return []
    if (kind.name === 'settings') return [['settings.yaml', { settings: nested(entries) }]]
    if (kind.name === 'apis') return entries.map((one) => [`apis/${one.name}.yaml`, { apis: { [one.name]: apiMembers(one, variables) } }])
    if (kind.name === 'organizations') return organizationFiles(inForce, entries, variables)
    return [[`${kind.name}.yaml`, { [kind.name]: byName(kind, entries, variables) }]]
  })
}

function byName({ noun }: Kind, entries: Known[], variables: Variables): Members {
  return Object.fromEntries(entries.map(({ name, value }) => [name, plain(value, [noun, name], variables)]))
}

function apiMembers({ name, value }: Known, variables: Variables): unknown {
  const document = typeof value['document'] === 'string' ? { document: `./${name}.openapi.json` } : {}
  return { ...(plain(value, ['api', name], variables) as Members), ...document }
}

function documentFile(api: string): string {
  return `apis/${api}.openapi.json`
}

async function documentText(client: Client, name: string): Promise<string> {
  const text = await client.getApiDocument({ params: { name } })
  return `${JSON.stringify(JSON.parse(text), null, 2)}\n`
}

function organizationFiles(inForce: InForce, entries: Known[], variables: Variables): [string, Members][] {
  const taken = new Set<string>()
  return entries.map((one) => {
    const inner = KINDS.filter(({ name }) => INNER.includes(name)).flatMap((kind): [string, Members][] => {
      const within = own(inForce, kind.name).filter((other) => other.within === one.name)
      return within.length === 0 ? [] : [[kind.name, byName(kind, within, variables)]]
    })
    const members = { ...(plain(one.value, ['organization', one.name], variables) as Members), ...Object.fromEntries(inner) }
    return [`organizations/${fileName(one.name, taken)}.yaml`, { organizations: { [one.name]: members } }]
  })
}

/** A name as one of a file, which no other has, whatever a file system makes of capital letters. */
function fileName(name: string, taken: Set<string>): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['organization']
  const base = words.join('-')
  let free = base
  for (let count = 2; taken.has(free); count++) free = `${base}-${count}`
  taken.add(free)
  return free
}

/** `billing.seller.name` as a member of `seller` within `billing`. */
function nested(entries: Known[]): Members {
  const members: Members = {}
  for (const { name, value } of entries) {
    const parents = name.split('.')
    const last = parents.pop() ?? ''
    const within = parents.reduce((node, part) => (node[part] ??= {}) as Members, members)
    within[last] = literal(value['value'])
  }
  return members
}

/** A value as it is written: a reference to the environment for each secret, and text that would be one by accident escaped. */
function plain(value: unknown, path: string[], variables: Variables): unknown {
  if (value instanceof Secret) return `\${${variables.nameOf(path)}}`
  if (typeof value !== 'object' || value === null) return literal(value)
  if (Array.isArray(value)) return value.map((item: unknown, index) => plain(item, [...path, String(index)], variables))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member, [...path, name], variables)]))
}

function literal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(literal)
  return typeof value === 'string' ? value.replace(/\$(?=\$*\{[A-Za-z_])/g, '$$$$') : value
}

/** Names of variables: `PROVIDER_OPENAI_KEY`, `API_WEATHER_HEADER_VALUE`. */
class Variables {
  readonly #taken = new Set<string>()

  get names(): string[] {
    return [...this.#taken]
  }

  nameOf(path: string[]): string {
    // The first of a list needs no number.
    const words = path.filter((part) => part !== 'upstream' && part !== 'keys' && part !== '0')
    const base = words.map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part.replace(/([a-z])([A-Z])/g, '$1_$2'))).join('_')
    const name = base.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
    let free = name
    for (let count = 2; this.#taken.has(free); count++) free = `${name}_${count}`
    this.#taken.add(free)
    return free
  }
}

/** Writes the files, and removes those that an earlier export wrote and this one does not. */
async function replace(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const there = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const ours: string[] = []
  for (const entry of there) {
    const file = relative(directory, join(entry.parentPath, entry.name))
    if (!entry.isFile() || file.startsWith('.')) continue
    if (/^apis\/[a-z0-9-]+\.openapi\.json$/.test(file)) ours.push(file)
    else if (/\.ya?ml$/.test(file) && (await readFile(join(directory, file), 'utf8')).startsWith(HEAD)) ours.push(file)
    else if (files.has(file))
      throw new Failure(`${join(directory, file)} was not written by faregate export.`, 'Name another folder, or move that file away.')
  }
  for (const file of ours) if (!files.has(file)) await rm(join(directory, file))
  for (const [file, text] of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true })
    await writeFile(join(directory, file), text)
  }
}
