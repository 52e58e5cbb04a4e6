import type { Inbound } from '../edge.ts'

/** What a request says of its signature (RFC 9421, 4.1): one signature, in the one spelling that a serializer gives it. */
export interface SignatureInput {
  /** As it was sent: it is signed itself. */
  text: string
  covered: string[]
  parameters: Map<string, string>
  signature: Buffer
}

const INPUT =
  /^([a-z*][a-z0-9_.*-]*)=(\(((?:"[a-z0-9@_.-]+"(?: (?=")|(?=\))))*)\)((?:;[a-z]+=(?:\d{1,15}|"[\x20\x21\x23-\x5b\x5d-\x7e]{0,500}"))*))$/
const PARAMETER = /;([a-z]+)=(?:(\d+)|"([^"]*)")/g

/** Undefined: it cannot be read in that way. */
export function readSignature(input: string, signature: string): SignatureInput | undefined {
  const [, label, text, names, parameters] = INPUT.exec(input) ?? []
  const [, signed, value] = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]+={0,2}):$/.exec(signature) ?? []
  if (text === undefined || value === undefined || label !== signed) return undefined
  return {
    text,
    covered: [...(names ?? '').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
    parameters: new Map([...(parameters ?? '').matchAll(PARAMETER)].map(([, name = '', number, word]) => [name, number ?? word ?? ''])),
    signature: Buffer.from(value, 'base64'),
  }
}

/** What was signed (RFC 9421, 2.5); a name: of a component that the request does not have. */
export function signatureBase(inbound: Inbound, { covered, text }: SignatureInput): { base: string } | { missing: string } {
  const lines: string[] = []
  for (const name of covered) {
    const value = componentOf(inbound, name)
    if (value === undefined) return { missing: name }
    lines.push(`"${name}": ${value}`)
  }
  return { base: [...lines, `"@signature-params": ${text}`].join('\n') }
}

function componentOf({ method, path, query, headers }: Inbound, name: string): string | undefined {
  switch (name) {
    case '@method':
      return method
    case '@path':
      return path
    case '@query':
      return `?${query}`
    case '@request-target':
      return query === '' ? path : `${path}?${query}`
    case '@authority':
      return valueOf(headers['host'])?.toLowerCase()
    default:
      return valueOf(headers[name])
  }
}

function valueOf(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value.join(', ') : value)?.trim()
}
