import { isJson, type Json } from './json.ts'

/** Members whose names are the publisher's: each of their members is an object of the specification, whatever it is called. */
const NAMED: ReadonlySet<string> = new Set(
  (
    'properties patternProperties $defs definitions dependentSchemas headers content encoding ' +
    'examples links callbacks webhooks variables'
  ).split(' '),
)

/** What callers send and get, or names: nothing in it is a member of the specification. */
const DATA: ReadonlySet<string> = new Set([
  'example',
  'default',
  'enum',
  'const',
  'value',
  'mapping',
  'scopes',
  'dependentRequired',
  'security',
])

/** A copy of a document without what tools of its publisher read (`x-…`): where the service is stands there, too. */
export function withoutExtensions(document: Json): Json {
  const { components, ...rest } = document
  const described = strippedObject(rest)
  if (!isJson(components)) return described
  const kinds = Object.entries(components).filter(([kind]) => !isExtension(kind))
  return { ...described, components: Object.fromEntries(kinds.map(([kind, named]) => [kind, strippedNamed(named)])) }
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped)
  return isJson(value) ? strippedObject(value) : value
}

function strippedObject(object: Json): Json {
  const members = Object.entries(object).filter(([name]) => !isExtension(name))
  return Object.fromEntries(members.map(([name, member]) => [name, strippedMember(name, member)]))
}

function strippedMember(name: string, member: unknown): unknown {
  if (DATA.has(name) || holdsData(name, member)) return member
  if (name === 'responses' && isJson(member))
    return strippedNamed(Object.fromEntries(Object.entries(member).filter(([code]) => !isExtension(code))))
  return NAMED.has(name) ? strippedNamed(member) : stripped(member)
}

/** Examples of a schema are a list of values; the parameters of a link are no list. */
function holdsData(name: string, member: unknown): boolean {
  return (name === 'examples' && Array.isArray(member)) || (name === 'parameters' && !Array.isArray(member))
}

function strippedNamed(named: unknown): unknown {
  if (!isJson(named)) return named
  return Object.fromEntries(Object.entries(named).map(([name, member]) => [name, stripped(member)]))
}

function isExtension(name: string): boolean {
  return name.toLowerCase().startsWith('x-')
}
