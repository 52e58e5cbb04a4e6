/** What the head of a part says. */
export interface PartHead {
  name: string
  filename?: string
}

/** A parameter of a header (RFC 7578, 4.2; RFC 9110, 5.6.6): a token, or a string in quotes. */
const PARAMETER = /\s*;\s*([!#$%&'*+.^`|~\w-]+)=("(?:[^"\\\r\n]|\\[^\r\n])*"|[^\s;",]+)/y

/** Encodings that some parsers undo and others do not. */
const RECODED = /^content-transfer-encoding\s*:(?!\s*(binary|7bit|8bit)\s*$)|^content-type\s*:.*charset\s*=(?!\s*"?(utf-?8|us-ascii)\b)/i

/** Reads the head of a part of a form; undefined where parsers could read it differently. */
export function readPartHead(text: string): PartHead | undefined {
  const lines = text.split('\r\n')
  if (lines.some((line) => /[\r\n\0]/.test(line) || /^[ \t]/.test(line) || !line.includes(':') || RECODED.test(line))) return undefined
  const [disposition, ...others] = lines.filter((line) => /^content-disposition\s*:/i.test(line))
  if (disposition === undefined || others.length > 0) return undefined
  const value = /^content-disposition:\s*form-data(.*)$/i.exec(disposition)?.[1]
  const parameters = value === undefined ? undefined : readParameters(value.trimEnd())
  const name = parameters?.get('name')
  if (parameters === undefined || name === undefined || name === '' || parameters.has('name*')) return undefined
  const filename = parameters.get('filename') ?? parameters.get('filename*')
  return { name, ...(filename === undefined ? {} : { filename }) }
}

/** Undefined where something else stands between them, or one is said twice. */
function readParameters(text: string): Map<string, string> | undefined {
  const parameters = new Map<string, string>()
  PARAMETER.lastIndex = 0
  let read = 0
  for (let match = PARAMETER.exec(text); match !== null; match = PARAMETER.exec(text)) {
    const [, name = '', value = ''] = match
    if (parameters.has(name.toLowerCase())) return undefined
    parameters.set(name.toLowerCase(), unquoted(value))
    read = PARAMETER.lastIndex
  }
  return read === text.length ? parameters : undefined
}

/** Browsers write a quote in a name as `%22`, others escape it. */
function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1').replaceAll('%22', '"') : value
}
