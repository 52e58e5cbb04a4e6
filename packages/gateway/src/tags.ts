import type { Inbound } from './edge.ts'

/** More tags than this are not told apart, and longer ones are none. */
const MOST_TAGS = 16
const LONGEST_TAG = 64

const CONTROL = /[\u0000-\u001f\u007f]/

/** What a caller marks a request with, in `Faregate-Tags`: names separated by commas, each once, in order. */
export function tagsOf({ headers }: Pick<Inbound, 'headers'>): string[] {
  const sent = headers['faregate-tags']
  if (sent === undefined) return NONE
  return tagsIn(Array.isArray(sent) ? sent.join(',') : sent)
}

const NONE: string[] = []

/** The tags that a text names. */
export function tagsIn(text: string): string[] {
  const named = text.split(',').map((tag) => tag.trim())
  return [...new Set(named.filter((tag) => tag !== '' && tag.length <= LONGEST_TAG && !CONTROL.test(tag)))].slice(0, MOST_TAGS)
}

/** As records keep them; null where there are none. */
export function tagsText(inbound: Pick<Inbound, 'headers'>): string | null {
  const tags = tagsOf(inbound)
  return tags.length === 0 ? null : tags.join(',')
}
