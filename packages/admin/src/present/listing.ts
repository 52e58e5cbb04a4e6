import { DEFAULT_VISIBILITY, type ApiListing, type ApiPresentation } from '@faregate/core'

/** What the catalogue says of an API; null: nothing but its name. */
export function presentPresentation(presentation: ApiPresentation | undefined) {
  if (presentation === undefined) return null
  const { title = null, summary = null, description = null, categories = [], tags = [], contact = null, logo = null } = presentation
  return { title, summary, description, categories: [...categories], tags: [...tags], contact, logo }
}

/** Who may see it, and who answers for it. */
export function presentListing({ listing }: { listing?: ApiListing | undefined }) {
  const { visibility = DEFAULT_VISIBILITY, owner = null, invited = [] } = listing ?? {}
  return { visibility, owner, invited: [...invited] }
}
