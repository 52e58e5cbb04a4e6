import type { ApiEntry } from '@faregate/core'
import type { Html } from '../pages/html.ts'
import { strangersMarkdown } from './markdown.ts'

/** Made once for each entry, which lives until the API is changed: whoever looks costs nothing. */
const known = new WeakMap<ApiEntry, Html>()

/** What the publisher says of an API, as markup; undefined: nothing. */
export function descriptionOf(entry: ApiEntry): Html | undefined {
  const text = entry.presentation?.description
  if (text === undefined) return undefined
  const markup = known.get(entry) ?? strangersMarkdown(text)
  known.set(entry, markup)
  return markup
}
