import { isJson, jsonOf, listOf, resolved, type Json } from '../openapi/json.ts'

/** How a parameter is read from what was sent, before its schema is asked. */
export interface ParameterReader {
  name: string
  in: 'path' | 'query' | 'header'
  /** One value, a list, an object, or JSON. */
  shape: 'one' | 'list' | 'members' | 'json'
  style: string
  explode: boolean
  /** Of an object whose members stand beside other parameters. */
  members: string[]
}

const DEFAULT_STYLE = { path: 'simple', query: 'form', header: 'simple' } as const

const READABLE: Record<ParameterReader['in'], string[]> = {
  path: ['simple'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
}

/** Headers that OpenAPI does not describe as parameters. */
const NOT_PARAMETERS = new Set(['accept', 'content-type', 'authorization'])

/** How a parameter of a document is read; undefined: it is none that is compared, or written in a style that is not read. */
export function readerOf(document: Json, parameter: Json): ParameterReader | undefined {
  const { in: place, name, style, explode } = parameter
  if ((place !== 'path' && place !== 'query' && place !== 'header') || typeof name !== 'string') return undefined
  if (place === 'header' && NOT_PARAMETERS.has(name.toLowerCase())) return undefined
  const said = typeof style === 'string' ? style : DEFAULT_STYLE[place]
  if (!READABLE[place].includes(said)) return undefined
  const schema = resolved(document, schemaOf(parameter))
  return {
    name: place === 'header' ? name.toLowerCase() : name,
    in: place,
    shape: parameter['schema'] === undefined ? 'json' : shapeOf(document, schema),
    style: said,
    explode: typeof explode === 'boolean' ? explode : said === 'form',
    members: Object.keys(jsonOf(schema['properties'])),
  }
}

/** The schema of a parameter or a header, its own or that of its content; undefined: it has none that is compared. */
export function schemaOf(parameter: Json): unknown {
  if (parameter['schema'] !== undefined) return parameter['schema']
  const [[type, media] = ['', undefined]] = Object.entries(jsonOf(parameter['content']))
  return /\bjson$/.test(type) ? jsonOf(media)['schema'] : undefined
}

function shapeOf(document: Json, schema: Json, depth = 0): ParameterReader['shape'] {
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  if (types.includes('array') || schema['items'] !== undefined) return 'list'
  if (types.includes('object') || isJson(schema['properties'])) return 'members'
  if (depth > 5) return 'one'
  const parts = ['allOf', 'oneOf', 'anyOf'].flatMap((name) => listOf(schema[name]))
  const shapes = parts.map((part) => shapeOf(document, resolved(document, part), depth + 1))
  return shapes.find((shape) => shape !== 'one') ?? 'one'
}

/** A query as it was sent: values by their decoded names, still encoded. */
export type RawQuery = Map<string, string[]>

export function rawQuery(query: string): RawQuery {
  const found: RawQuery = new Map()
  for (const part of query === '' ? [] : query.split('&')) {
    const equals = part.indexOf('=')
    const name = decoded(equals === -1 ? part : part.slice(0, equals))
    const value = equals === -1 ? '' : part.slice(equals + 1)
    found.set(name, [...(found.get(name) ?? []), value])
  }
  return found
}

const DELIMITERS: Record<string, RegExp> = { form: /,/, spaceDelimited: /%20|\+| /, pipeDelimited: /\||%7c/i }

/** What a query says of a parameter; undefined: nothing. */
export function fromQuery(reader: ParameterReader, query: RawQuery): unknown {
  const { name, shape, style, explode } = reader
  if (shape === 'members' && style === 'deepObject') return deepMembers(name, query)
  if (shape === 'members' && explode) return membersNamed(reader, query)
  const values = query.get(name)
  if (values === undefined) return undefined
  const [first = ''] = values
  if (shape === 'list') return (explode ? values : first.split(DELIMITERS[style] ?? /,/)).map(decoded)
  if (shape === 'json') return parsed(decoded(first))
  if (shape === 'members') return paired(first.split(',').map(decoded))
  return values.length === 1 ? decoded(first) : values.map(decoded)
}

function deepMembers(name: string, query: RawQuery): Json | undefined {
  const found = [...query].flatMap(([key, [value = '']]): [string, string][] =>
    key.startsWith(`${name}[`) && key.endsWith(']') ? [[key.slice(name.length + 1, -1), decoded(value)]] : [],
  )
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

function membersNamed({ members }: ParameterReader, query: RawQuery): Json | undefined {
  const found = members.flatMap((member): [string, string][] => {
    const [value] = query.get(member) ?? []
    return value === undefined ? [] : [[member, decoded(value)]]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

/** What a segment of a path, or a header, says: in the style `simple`. */
export function fromText({ shape, explode }: ParameterReader, text: string): unknown {
  if (shape === 'one') return text
  if (shape === 'json') return parsed(text)
  const parts = text.split(',').map((part) => part.trim())
  if (shape === 'list') return parts
  return explode ? Object.fromEntries(parts.map((part) => splitAt(part))) : paired(parts)
}

function splitAt(part: string): [string, string] {
  const equals = part.indexOf('=')
  return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
}

/** `a,1,b,2` */
function paired(parts: string[]): Json {
  return Object.fromEntries(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : [])))
}

/** What is no JSON stays the text that it is, which no schema of an object takes. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
