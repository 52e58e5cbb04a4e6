/** What a template is made of: text, and the places where values stand. */
export type Segment = string | { variable: string; at: number }

export interface Template {
  segments: Segment[]
  /** Where a `{{` begins no variable: offsets into the text. */
  strange: number[]
}

const VARIABLE = /\{\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}/y

/** Reads a template: `{{name}}` stands for the value of a variable, everything else for itself. */
export function readTemplate(text: string): Template {
  const segments: Segment[] = []
  const strange: number[] = []
  let [written, from] = [0, 0]
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', from)) {
    VARIABLE.lastIndex = at
    const variable = VARIABLE.exec(text)?.[1]
    if (variable === undefined) {
      strange.push(at)
      from = at + 2
    } else {
      if (at > written) segments.push(text.slice(written, at))
      segments.push({ variable, at })
      written = from = VARIABLE.lastIndex
    }
  }
  if (written < text.length) segments.push(text.slice(written))
  return { segments, strange }
}

/** Puts values in their places, as they are: what they hold is never read as a template. */
export function filled(segments: readonly Segment[], valueOf: (variable: string) => string): string {
  return segments.map((segment) => (typeof segment === 'string' ? segment : valueOf(segment.variable))).join('')
}

/** How many bytes of UTF-8 that is, without making it. */
export function sizeOf(segments: readonly Segment[], valueOf: (variable: string) => string): number {
  const sizes = new Map<string, number>()
  return segments.reduce((sum, segment) => {
    const text = typeof segment === 'string' ? segment : valueOf(segment.variable)
    const size = sizes.get(text) ?? Buffer.byteLength(text)
    sizes.set(text, size)
    return sum + size
  }, 0)
}

/** An offset as people count: from 1. */
export function lineAndColumn(text: string, at: number): string {
  const before = text.slice(0, at)
  return `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`
}
