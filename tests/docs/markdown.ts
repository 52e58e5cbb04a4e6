/** A fenced block of a Markdown file. */
export interface Block {
  /** First word after the fence: `sh`, `text`, `json`, `yaml`, `js`. */
  language: string
  /** The words after it: `no-run`, `serve`, `fails`, `postgres`. */
  flags: string[]
  text: string
  /** Line of the fence, from 1. */
  line: number
  /** What the HTML comment right before it says. */
  comment: string | undefined
}

/** The fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let index = 0; index < lines.length; index++) {
    const info = /^```(\S.*)$/.exec(lines[index] ?? '')?.[1]
    if (info === undefined) continue
    const end = lines.indexOf('```', index + 1)
    if (end === -1) throw new Error(`line ${index + 1}: the block is not closed`)
    const [language = '', ...flags] = info.trim().split(/\s+/)
    blocks.push({ language, flags, text: lines.slice(index + 1, end).join('\n'), line: index + 1, comment: commentBefore(lines, index) })
    index = end
  }
  return blocks
}

function commentBefore(lines: string[], index: number): string | undefined {
  const before = lines.slice(0, index).join('\n').trimEnd()
  const start = before.endsWith('-->') ? before.lastIndexOf('<!--') : -1
  return start === -1 ? undefined : before.slice(start + 4, -3).trim()
}

/** The text without its fenced blocks, lines kept in number. */
export function proseOf(markdown: string): string {
  let inside = false
  return markdown
    .split('\n')
    .map((line) => {
      const fence = line.startsWith('```')
      if (fence) inside = !inside
      return inside || fence ? '' : line
    })
    .join('\n')
}

/** The `code` spans of the prose. */
export function codeSpans(markdown: string): string[] {
  return [...proseOf(markdown).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
}

/** The targets of the links and pictures of the prose. */
export function linksOf(markdown: string): string[] {
  const prose = proseOf(markdown).replaceAll(/`[^`\n]+`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '')
}

/** The anchors that a renderer makes of the headings. */
export function anchorsOf(markdown: string): Set<string> {
  const headings = proseOf(markdown).matchAll(/^#{1,6} (.+)$/gm)
  return new Set(
    [...headings].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )
}
