/** Where something stands in a document: names of members and indices of lists, from the root on. */
export type Path = readonly (string | number)[]

/** Something about an OpenAPI document: an error keeps it from being imported, a warning does not. */
export interface Finding {
  level: 'error' | 'warning'
  /** The rule that it breaks, like `operation-id-repeated`. */
  rule: string
  message: string
  /** JSON pointer (RFC 6901). */
  pointer: string
  /** Of the text that was read, from 1. */
  line: number
  column: number
}

/** A finding that does not know yet on which line it is. */
export type Remark = Pick<Finding, 'level' | 'rule' | 'message'> & { path: Path }

/** What keeps a document from being imported. */
export function error(rule: string, message: string, path: Path): Remark {
  return { level: 'error', rule, message, path }
}

/** The JSON pointer of a path. */
export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
