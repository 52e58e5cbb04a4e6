import { SETTING_NAMES } from '@faregate/core'
import { START_VARIABLES, variableOf } from './environment.ts'
import { expectation } from './issues.ts'
import { configurationJsonSchema, scalarSettings, type SchemaNode } from './json-schema.ts'

/** docs/reference/configuration.md, generated from the schema; a test compares the two. */
export function configurationReference(): string {
  return [
    '# Configuration',
    '',
    'This page is generated from the schema (`node packages/server/src/config/write-reference.ts`).',
    'Editors take the same from [configuration.schema.json](configuration.schema.json).',
    '',
    'A setting comes from its variable, else from the file (`./faregate.yaml`), else from the database, else it has its default.',
    'In the file, `${NAME}` and `${NAME:-default}` read the environment, and `$${NAME}` stands for itself.',
    '`faregate check` says what is wrong in a file, where, and how to mend it. The file is read at start.',
    '',
    'Where `change` says *run time*, the management API changes a member while the gateway runs, in the database, in force on every',
    'replica within a second: `faregate settings` (`/api/settings`), `faregate provider`, `faregate model`, `faregate api`. What a variable or the file',
    'sets is read-only there. Where it says *restart*, the member is read at the start, from a variable or the file alone.',
    '',
    '## Members of the file',
    '',
    '| member | what | value | default | variable | change |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows(configurationJsonSchema(), '', variables()),
    '',
    '## Variables of the start',
    '',
    '| variable | what |',
    '| --- | --- |',
    ...Object.entries(START_VARIABLES).map(([name, text]) => `| \`${name}\` | ${text} |`),
    '',
  ].join('\n')
}

function variables(): Map<string, string> {
  return new Map(scalarSettings().map(({ path }) => [path.join('.'), variableOf(path)]))
}

function rows(node: SchemaNode, prefix: string, known: ReadonlyMap<string, string>): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = prefix + name
    const required = node.required?.includes(name) === true
    const row = `| \`${path}\` | ${child.description ?? ''} | ${valueOf(child)} | ${defaultOf(child, required)} | ${variable(known.get(path))} | ${changeOf(path, child)} |`
    return [row, ...membersOf(child, path, known)]
  })
}

const RUN_TIME = /^(providers|models|apis)\b/

/** Nothing for a member that only holds others. */
function changeOf(path: string, node: SchemaNode): string {
  if (RUN_TIME.test(path) || SETTING_NAMES.some((name) => name === path)) return 'run time'
  return node.properties === undefined ? 'restart' : ''
}

function membersOf(node: SchemaNode, path: string, known: ReadonlyMap<string, string>): string[] {
  if (node.properties !== undefined) return rows(node, `${path}.`, known)
  if (node.items?.properties !== undefined) return rows(node.items, `${path}[].`, known)
  return typeof node.additionalProperties === 'object' ? rows(node.additionalProperties, `${path}.NAME.`, known) : []
}

function valueOf(node: SchemaNode): string {
  if (node.properties !== undefined) return 'members'
  if (typeof node.additionalProperties === 'object') return 'a map by name'
  if (node.type === 'array') return node.items?.type === 'string' ? 'a list of text' : 'a list'
  return expectation(node).replaceAll('|', '\\|')
}

function defaultOf(node: SchemaNode, required: boolean): string {
  if (required) return 'required'
  const empty = node.default === undefined || node.properties !== undefined
  return empty ? '' : `\`${JSON.stringify(node.default)}\``
}

function variable(name: string | undefined): string {
  return name === undefined ? '' : `\`${name}\``
}
