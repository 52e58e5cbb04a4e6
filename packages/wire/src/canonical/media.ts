import type { DocumentPart, Source } from './conversation.ts'

/** What a URL in a request points to: a `data:` URL (RFC 2397) carries its bytes, percent-encoded or as base64. */
export function sourceOf(url: string): Source {
  const match = /^data:([^;,]*)((?:;[^;,]*)*),/i.exec(url)
  if (match === null) return { kind: 'url', url }
  const rest = url.slice(match[0].length)
  const base64 = /;base64$/i.test(match[2] ?? '')
  const data = base64 ? rest : Buffer.from(decodePercent(rest), 'utf8').toString('base64')
  const declared = match[1] === '' ? undefined : match[1]?.toLowerCase()
  return { kind: 'base64', mediaType: sniffed(data) ?? declared ?? 'text/plain', data }
}

/** The bytes of a source as a `data:` URL, or its own address; undefined for an id at a vendor. */
export function urlOf(source: Source): string | undefined {
  if (source.kind === 'file') return undefined
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}

/** The text of a document, where it is at hand. */
export function documentText({ source }: DocumentPart): string | undefined {
  if (source.kind === 'text') return source.text
  if (source.kind !== 'base64' || !source.mediaType.startsWith('text/')) return undefined
  return Buffer.from(source.data, 'base64').toString('utf8')
}

/** A document's text as a piece of the prompt, for a vendor that has no place for what is told about it: that goes before it. */
export function introduced({ title, context }: DocumentPart, text?: string): string {
  return [title, context, text].filter((piece) => piece !== undefined && piece !== '').join('\n\n')
}

/** The first bytes of a format, as base64; what is declared is often wrong, and vendors refuse it then. */
const SIGNATURES: [prefix: RegExp, mediaType: string][] = [
  [/^iVBORw0KGg/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^R0lGOD/, 'image/gif'],
  [/^UklGR.{6}XRUJQ/, 'image/webp'],
  [/^AAAA.GZ0eXBoZWl/, 'image/heic'],
  [/^AAAA.GZ0eXBtaWYx/, 'image/heif'],
  [/^JVBERi/, 'application/pdf'],
]

/** The media type that the bytes themselves show; undefined where they do not. */
export function sniffed(base64: string): string | undefined {
  const head = base64.slice(0, 32)
  return SIGNATURES.find(([prefix]) => prefix.test(head))?.[1]
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
