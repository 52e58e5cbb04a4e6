import { isJson } from '../openapi/json.ts'
import type { ParameterReader } from './parameters.ts'

/** Parameters as they are sent: what {@link ParameterReader} reads, written. */
export function written(template: string, values: ReadonlyMap<ParameterReader, unknown>) {
  let path = template.replace(/(.)\/+$/, '$1')
  const query: string[] = []
  const headers: Record<string, string> = {}
  for (const [reader, value] of values) {
    if (reader.in === 'path') path = path.replace(`{${reader.name}}`, encodeURIComponent(simple(reader, value)))
    else if (reader.in === 'header') headers[reader.name] = simple(reader, value)
    else query.push(...inQuery(reader, value))
  }
  return { path, query: query.join('&'), headers }
}

function simple({ shape, explode }: ParameterReader, value: unknown): string {
  if (shape === 'json') return JSON.stringify(value)
  if (Array.isArray(value)) return value.map(text).join(',')
  if (!isJson(value)) return text(value)
  return Object.entries(value)
    .map(([name, member]) => `${name}${explode ? '=' : ','}${text(member)}`)
    .join(',')
}

const DELIMITERS: Record<string, string> = { form: ',', spaceDelimited: '%20', pipeDelimited: '|' }

function inQuery({ name, shape, style, explode }: ParameterReader, value: unknown): string[] {
  const pair = (key: string, one: unknown): string => `${encodeURIComponent(key)}=${encodeURIComponent(text(one))}`
  if (shape === 'json') return [pair(name, JSON.stringify(value))]
  if (Array.isArray(value)) {
    if (explode) return value.map((one) => pair(name, one))
    const items = value.map((one) => encodeURIComponent(text(one)))
    return [`${encodeURIComponent(name)}=${items.join(DELIMITERS[style] ?? ',')}`]
  }
  if (!isJson(value)) return [pair(name, value)]
  const members = Object.entries(value)
  if (style === 'deepObject') return members.map(([member, one]) => pair(`${name}[${member}]`, one))
  return explode ? members.map(([member, one]) => pair(member, one)) : [pair(name, members.flat().map(text).join(','))]
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
