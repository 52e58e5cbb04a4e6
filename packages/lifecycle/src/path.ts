/** A path of a request, segment by segment and decoded; or why it is not taken. */
export type PathReading = { ok: true; segments: string[] } | { ok: false; reason: string }

/** `.` and `..`, also with the parameters that some servers cut off (`..;x`). */
const DOTS = /^\.{1,2}(;|$)/

/**
 * Reads a path below an API's prefix. What servers read in different ways is refused, because the upstream could serve
 * another route than the one that is charged: dot segments, empty segments, backslashes, control characters, encodings
 * that are none, and, unless they are to pass, encoded slashes. A slash at the end says nothing.
 */
export function readPath(path: string, encodedSlashes: 'refuse' | 'pass'): PathReading {
  if (path === '' || path === '/') return { ok: true, segments: [] }
  const segments: string[] = []
  const parts = path.slice(1).split('/')
  if (parts.at(-1) === '') parts.pop()
  for (const part of parts) {
    const segment = part.includes('%') ? decoded(part) : part
    const reason = segment === undefined ? `"${shown(part)}" is no percent-encoding` : flawOf(segment, encodedSlashes)
    if (segment === undefined || reason !== undefined) return { ok: false, reason: reason ?? '' }
    segments.push(segment)
  }
  return { ok: true, segments }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function flawOf(segment: string, encodedSlashes: 'refuse' | 'pass'): string | undefined {
  if (segment === '') return 'it has an empty segment ("//")'
  if (segment.split(/[/\\]/).some((part) => DOTS.test(part))) return `the segment "${shown(segment)}" stands for another place`
  if (encodedSlashes === 'refuse' && /[/\\]/.test(segment)) return `the segment "${shown(segment)}" holds a slash or a backslash`
  if (/[\u0000-\u001f\u007f]/.test(segment)) return 'it holds control characters'
  return undefined
}

function shown(text: string): string {
  return text.slice(0, 100)
}
