import type { Citation } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** Where a citation without a known form would point to. */
const WEB = 'web_search_result_location'

/**
 * The vendor's citation in neutral form. The places that it names are places in the source, not in the answer's text: they
 * stay in the raw form. A web citation without its encrypted index was made here, for another vendor's answer: it is no
 * raw form that the vendor would take back.
 */
export function decodeCitation(value: unknown): Citation | undefined {
  if (!isObject(value)) return undefined
  const { url, source, document_index: document, type } = value
  const title = value['title'] ?? value['document_title']
  const link = typeof url === 'string' ? url : source
  const made = type === WEB && value['encrypted_index'] === ''
  return {
    ...(typeof link === 'string' ? { url: link } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof value['cited_text'] === 'string' ? { citedText: value['cited_text'] } : {}),
    ...(typeof document === 'number' ? { document } : {}),
    ...(made ? {} : { raw: { dialect: 'anthropic', value } }),
  }
}

/** As the vendor writes it; undefined for one that has no form here. */
export function encodeCitation({ raw, url, title, citedText }: Citation): JsonObject | undefined {
  if (raw?.dialect === 'anthropic') return isObject(raw.value) ? raw.value : undefined
  if (url === undefined) return undefined
  return { type: WEB, cited_text: citedText ?? '', url, title: title ?? null, encrypted_index: '' }
}
